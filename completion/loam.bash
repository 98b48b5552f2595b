# bash completion for loam
# What java has too.
_loam_java="--add-exports= --add-modules= --add-opens= --add-reads= --class-path= --describe-module= --dry-run --enable-native-access= \
    --enable-preview --full-version --help --help-extra --illegal-access= --jit-torture= --jit-without= --limit-modules= --list-modules --module= \
    --module-path= --patch-module= --show-module-resolution --show-version --source= --upgrade-module-path= --validate-modules \
    --version -D -XX: -Xbatch -Xbootclasspath/a: -Xcheck:jni -Xcomp -Xdebug -Xdiag -Xfuture -Xint -Xinternalversion -Xlog -Xlog: \
    -Xloggc: -Xmixed -Xmn -Xms -Xmx -Xnoclassgc -Xprof -Xrs -Xshare: -XshowSettings -XshowSettings: -Xss -Xverify -Xverify: -agentlib: \
    -agentpath: -client -da -da: -disableassertions -disableassertions: -disablesystemassertions -dsa -ea: -enableassertions \
    -enableassertions: -enablesystemassertions -esa -fullversion -javaagent: -p -server -showversion -splash: -verbose -verbose:"
# What is offered besides: words; files that a pattern does not take out, and folders, whatever is in their names.
_loam_words() { local word; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$2"); }
_loam_files() { local file; compopt -o filenames 2>/dev/null; while IFS= read -r file; do COMPREPLY+=("$file"); done < <({ compgen -f ${2:+-X "$2"} -- "$1"; compgen -d -- "$1"; } | sort -u); }
_loam_cores() { loam cores 2>/dev/null | awk '/^  /{print $1}'; }
# Classes below the first folder of the class path.
_loam_classes() {
    local folder=. i class
    for ((i = 1; i + 1 < COMP_CWORD; i++)); do [[ ${COMP_WORDS[i]} == -cp || ${COMP_WORDS[i]} == -classpath ]] && folder=${COMP_WORDS[i+1]}; done
    [[ -d $folder ]] || return
    while IFS= read -r class; do [[ $class == "$1"* ]] && COMPREPLY+=("$class"); done < <(cd "$folder" && find . -maxdepth 6 -name '*.class' ! -name '*$*' 2>/dev/null | sed 's|^\./||; s|\.class$||; s|/|.|g' | sort)
}
# An option that wants a value goes on in the same word.
_loam_go_on() { [[ ${COMPREPLY[0]} == *[=:] || ${COMPREPLY[0]} == -D ]] && compopt -o nospace 2>/dev/null; }
_loam() {
    COMPREPLY=()
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} opt val
    # bash splits words at "=": put the option and its value together again
    if [[ $cur == = ]]; then opt=$prev val=
    elif [[ $prev == = ]]; then opt=${COMP_WORDS[COMP_CWORD-2]} val=$cur
    fi
    case $opt in
        --core) _loam_words "$(_loam_cores)" "$val"; _loam_files "$val" '!*.cfg'; return;;
        --model) _loam_words "none counts timing" "$val"; return;;
        --engine) _loam_words "oracle dbt lockstep" "$val"; return;;
        --from) _loam_words "main boot" "$val"; return;;
        --layout) _loam_words "off on advise" "$val"; return;;
        --jit) _loam_words "on off" "$val"; return;;
        --jit-order) _loam_words "traces bytecode" "$val"; return;;
        --hints) _loam_words "off on report" "$val"; return;;
        --tune) _loam_words "off history report" "$val"; return;;
        --object-model) _loam_words "loam hotspot17" "$val"; return;;
        --layout-order) _loam_words "allocation breadth-first depth-first random static-edges affinity fields auto" "$val"; return;;
        --progress) _loam_words "on off" "$val"; return;;
        --time) _loam_words "simulated real" "$val"; return;;
        --detail) _loam_words "3c lines branches 3c,lines 3c,lines,branches" "$val"; return;;
        --format) _loam_words "text json html csv callgrind collapsed perfetto" "$val"; return;;
        --report|--output|--class-path|--module-path|--upgrade-module-path|--profile|--samples|--samples-out|--trace-out|--plugin) _loam_files "$val"; return;;
    esac
    case ${COMP_WORDS[1]} in
        report|diff)
            if [[ $cur == -* ]]; then _loam_words "--format= -o" "$cur"; _loam_go_on; return; fi
            if [[ $COMP_CWORD -gt 1 ]]; then _loam_files "$cur"; return; fi;;
        cores) if [[ $COMP_CWORD -gt 1 ]]; then _loam_words "$(_loam_cores)" "$cur"; return; fi;;
        explain) if [[ $COMP_CWORD -gt 1 ]]; then _loam_words "$(loam explain 2>/dev/null | awk '{print $1}')" "$cur"; return; fi;;
    esac
    case $prev in
        -cp|-classpath|-jar|-p|-o) _loam_files "$cur"; return;;
    esac
    if [[ $cur == -* ]]; then
        _loam_words "-cp -jar -m -ea -version -help -X --core= --set= --plugin= --model= --engine= --from= --to= --roi= --sample= --layout= --profile= --samples= --samples-out= --hints= --tune= --report= --detail= --progress= --charge-scale= --seed= --time= --log= --jit= --jit-exclude= --jit-order= --jit-offset= --layout-order= --object-model= --trace-out= --trace-limit= --dump= --torture= $_loam_java" "$cur"
        _loam_go_on
    else
        ((COMP_CWORD == 1)) && _loam_words "report diff cores explain" "$cur"
        _loam_classes "$cur"
        _loam_files "$cur" '!*.java'
    fi
    return 0
}
complete -F _loam loam
