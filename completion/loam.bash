# bash completion for loam
# What java has too.
_loam_java="--add-exports= --add-modules= --add-opens= --add-reads= --class-path= --describe-module= --dry-run --enable-native-access= \
    --enable-preview --full-version --help --help-extra --illegal-access= --jit-torture= --jit-without= --limit-modules= --list-modules --module= \
    --module-path= --patch-module= --show-module-resolution --show-version --source= --upgrade-module-path= --validate-modules \
    --version -D -XX: -Xbatch -Xbootclasspath/a: -Xcheck:jni -Xcomp -Xdebug -Xdiag -Xfuture -Xint -Xinternalversion -Xlog -Xlog: \
    -Xloggc: -Xmixed -Xmn -Xms -Xmx -Xnoclassgc -Xprof -Xrs -Xshare: -XshowSettings -XshowSettings: -Xss -Xverify -Xverify: -agentlib: \
    -agentpath: -client -da -da: -disableassertions -disableassertions: -disablesystemassertions -dsa -ea: -enableassertions \
    -enableassertions: -enablesystemassertions -esa -fullversion -javaagent: -p -server -showversion -splash: -verbose -verbose:"
_loam() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} opt val
    # bash splits words at "=": put the option and its value together again
    if [[ $cur == = ]]; then opt=$prev val=
    elif [[ $prev == = ]]; then opt=${COMP_WORDS[COMP_CWORD-2]} val=$cur
    fi
    case $opt in
        --core) COMPREPLY=($(compgen -W "$(loam cores 2>/dev/null | awk '/^  /{print $1}')" -- "$val") $(compgen -f -X '!*.cfg' -- "$val")); return;;
        --model) COMPREPLY=($(compgen -W "none counts timing" -- "$val")); return;;
        --engine) COMPREPLY=($(compgen -W "oracle dbt lockstep" -- "$val")); return;;
        --from) COMPREPLY=($(compgen -W "main boot" -- "$val")); return;;
        --layout) COMPREPLY=($(compgen -W "off on advise" -- "$val")); return;;
        --jit) COMPREPLY=($(compgen -W "on off" -- "$val")); return;;
        --hints) COMPREPLY=($(compgen -W "off on report" -- "$val")); return;;
        --tune) COMPREPLY=($(compgen -W "off history report" -- "$val")); return;;
        --object-model) COMPREPLY=($(compgen -W "loam hotspot17" -- "$val")); return;;
        --layout-order) COMPREPLY=($(compgen -W "allocation breadth-first depth-first random static-edges affinity fields auto" -- "$val")); return;;
        --progress) COMPREPLY=($(compgen -W "on off" -- "$val")); return;;
        --time) COMPREPLY=($(compgen -W "simulated real" -- "$val")); return;;
        --detail) COMPREPLY=($(compgen -W "3c lines branches 3c,lines 3c,lines,branches" -- "$val")); return;;
        --format) COMPREPLY=($(compgen -W "text json html csv callgrind collapsed perfetto" -- "$val")); return;;
        --report|--output|--class-path|--module-path|--upgrade-module-path|--profile|--samples|--samples-out|--trace-out|--plugin) COMPREPLY=($(compgen -f -- "$val")); return;;
    esac
    case ${COMP_WORDS[1]} in
        report|diff) if [[ $COMP_CWORD -gt 1 ]]; then COMPREPLY=($(compgen -W "--format= -o" -- "$cur") $(compgen -f -- "$cur")); return; fi;;
        cores) if [[ $COMP_CWORD -gt 1 ]]; then COMPREPLY=($(compgen -W "$(loam cores 2>/dev/null | awk '/^  /{print $1}')" -- "$cur")); return; fi;;
        explain) if [[ $COMP_CWORD -gt 1 ]]; then COMPREPLY=($(compgen -W "$(loam explain 2>/dev/null | awk '{print $1}')" -- "$cur")); return; fi;;
    esac
    case $prev in
        -cp|-classpath|-jar|-p) COMPREPLY=($(compgen -f -- "$cur")); return;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "-cp -jar -m -ea -version -help -X --core= --set= --plugin= --model= --engine= --from= --to= --roi= --sample= --layout= --profile= --samples= --samples-out= --hints= --tune= --report= --detail= --progress= --charge-scale= --seed= --time= --log= --jit= --jit-exclude= --jit-order= --layout-order= --object-model= --trace-out= --trace-limit= --dump= --torture= $_loam_java" -- "$cur"))
        [[ ${COMPREPLY[0]} == *[=:] || $cur == -D ]] && compopt -o nospace 2>/dev/null
    else
        COMPREPLY=($( ((COMP_CWORD == 1)) && compgen -W "report diff cores explain" -- "$cur") $(compgen -f -X '!*.@(class|java|jar)' -- "$cur"))
    fi
    return 0
}
complete -o filenames -F _loam loam
