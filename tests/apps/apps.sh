# The applications. Each starts Java as "${JAVA[@]}" in an empty directory; what it prints and leaves there is compared. What differs
# from run to run under one Java (times, dates, random names) is filtered or removed here.
ci_apps="javac_examples javac_tool jar_tool"
all_apps="$ci_apps javac_jsoup javac_hamcrest javac_lang ecj_hamcrest ecj_jsoup ecj_lang ant maven clojure groovy jython rhino h2 hsqldb lucene antlr junit xalan asm bcel tools ant_home mvn_home"

jars=/usr/share/java
# The path of Debian's jars of these names (some have names with versions only).
jar_path() { local p= j; for j; do [ -f "$jars/$j.jar" ] && p=$p:$jars/$j.jar || p=$p:$(echo "$jars/$j"-[0-9]*.jar); done; echo "${p#:}"; }
ecj_path=$(jar_path ecj eclipse-jdt-core org.eclipse.core.runtime)
lucene_path=$(jar_path lucene-core lucene-analyzers-common)
xml_path=$(jar_path xalan2 xercesImpl xml-apis serializer xml-resolver bcel regexp java-cup-runtime jlex)
antlr_path=$(jar_path antlr4 antlr4-runtime antlr3-runtime stringtemplate4 treelayout)
junit_path=$(jar_path junit-jupiter-api junit-jupiter-engine junit-jupiter-params junit-platform-commons junit-platform-console \
    junit-platform-engine junit-platform-launcher junit-platform-reporting opentest4j opentest4j-reporting-events apiguardian-api picocli univocity-parsers)
asm_path=$(jar_path asm)
bcel_path=$(jar_path bcel commons-lang3)
javac="-m jdk.compiler/com.sun.tools.javac.Main"

# Compiles the programs here that use an application's library.
prepare() {
    local classes=$out/classes
    rm -rf "$classes" && mkdir -p "$classes"
    "$jdk/bin/javac" -nowarn -d "$classes" -cp "$lucene_path:$asm_path:$bcel_path" "$here"/{Sql,LuceneIndex,Transform,RewriteAsm,RewriteBcel}.java &&
    "$jdk/bin/javac" -nowarn -d "$out/classes-junit" -cp "$junit_path" "$here"/junit/shop/*.java
}
java_files() { find "$@" -name '*.java' | LC_ALL=C sort; }

app_javac_examples() { "${JAVA[@]}" $javac -d classes -Xlint:all -g "$examples"/*.java; }
# Errors, warnings, and an annotation processor's rounds, through javax.tools.
app_javac_tool() { "${JAVA[@]}" "$here/Compile.java" "$examples"; }
app_jar_tool() {
    cp "$examples"/*.java . && "${JAVA[@]}" -m jdk.jartool/sun.tools.jar.Main --date=2020-01-01T00:00:00Z -c -f all.jar ./*.java &&
    "${JAVA[@]}" -m jdk.jartool/sun.tools.jar.Main -t -f all.jar
}
app_javac_jsoup() { "${JAVA[@]}" $javac -d classes -encoding UTF-8 -Xlint:all,-options -cp "$(jar_path jsr305)" $(java_files "$src/jsoup/src/main"); }
app_javac_hamcrest() { "${JAVA[@]}" $javac -d classes -encoding UTF-8 -Xlint:all --release 7 $(java_files "$src/libhamcrest-java/hamcrest/src/main"); }
# A source tree of more than a hundred files.
app_javac_lang() { "${JAVA[@]}" $javac -d classes -encoding UTF-8 -Xlint:all,-options -source 8 -target 8 $(java_files "$src/libcommons-lang3-java/src/main") 2>&1; }
ecj="org.eclipse.jdt.internal.compiler.batch.Main -encoding UTF-8 -proc:none -d classes"
app_ecj_hamcrest() { "${JAVA[@]}" -cp "$ecj_path" $ecj -7 -warn:+all $(java_files "$src/libhamcrest-java/hamcrest/src/main") 2>&1; }
app_ecj_jsoup() { "${JAVA[@]}" -cp "$ecj_path" $ecj -17 -nowarn -cp "$(jar_path jsr305)" $(java_files "$src/jsoup/src/main") 2>&1; }
app_ecj_lang() { "${JAVA[@]}" -cp "$ecj_path" $ecj -8 -nowarn $(java_files "$src/libcommons-lang3-java/src/main") 2>&1; }
app_ant() {
    cp -r "$here/ant/." . &&
    "${JAVA[@]}" -cp "$(jar_path ant-launcher)" -Dant.home=/usr/share/ant org.apache.tools.ant.launch.Launcher -f build.xml > log
    local code=$?
    sed "/^Total time/d; s|$PWD|.|g" log; rm -f log
    return $code
}
# Maven as /usr/bin/mvn starts it, on Debian's repository of packages.
app_maven() {
    cp -r "$here/maven/." . && cp -rs /usr/share/maven-repo repo &&
    "${JAVA[@]}" -cp /usr/share/java/plexus-classworlds.jar -Dclassworlds.conf=/usr/share/maven/bin/m2.conf -Dmaven.home=/usr/share/maven \
        -Dlibrary.jansi.path=/usr/share/maven/lib/jansi-native -Dmaven.multiModuleProjectDirectory="$PWD" \
        org.codehaus.plexus.classworlds.launcher.Launcher -o -B -Dmaven.repo.local="$PWD/repo" -Dmaven.test.skip=true package > log
    local code=$?
    sed "/Total time\|Finished at/d; s|$PWD|.|g" log; rm -rf log repo target/maven-status
    "${JAVA[@]}" -cp target/calc-1.0.jar calc.Calc
    return $code
}
app_clojure() { "${JAVA[@]}" -cp "$(jar_path clojure spec.alpha core.specs.alpha)" clojure.main -e "(load-file \"$here/session.clj\")"; }
app_groovy() {
    "${JAVA[@]}" -cp "$(jar_path groovy-all asm-all antlr commons-cli)" groovy.ui.GroovyMain "$here/session.groovy"
}
app_jython() { "${JAVA[@]}" -Dpython.cachedir.skip=true -Dpython.home=/usr/share/jython -jar $jars/jython.jar "$here/session.py"; }
app_rhino() { "${JAVA[@]}" -cp "$(jar_path js)" org.mozilla.javascript.tools.shell.Main "$here/bench.js"; }
app_h2() { "${JAVA[@]}" -cp "$out/classes:$(jar_path h2)" Sql 'jdbc:h2:mem:test'; }
app_hsqldb() { "${JAVA[@]}" -cp "$out/classes:$(jar_path hsqldb)" Sql 'jdbc:hsqldb:mem:test'; }
app_lucene() { "${JAVA[@]}" -cp "$out/classes:$lucene_path" LuceneIndex index && rm -rf index; }
app_antlr() {
    cp "$here/Expr.g4" "$here/Calculator.java" . &&
    "${JAVA[@]}" -cp "$antlr_path" org.antlr.v4.Tool -visitor Expr.g4 &&
    "${JAVA[@]}" $javac -d classes -cp "$antlr_path" ./*.java &&
    "${JAVA[@]}" -cp "classes:$antlr_path" Calculator 2>&1
}
app_junit() {
    "${JAVA[@]}" -cp "$out/classes-junit:$junit_path" org.junit.platform.console.ConsoleLauncher --scan-classpath "$out/classes-junit" \
        --disable-ansi-colors --disable-banner --details=tree --details-theme=ascii --reports-dir reports > log
    local code=$?
    sed 's/ ([0-9]* ms)//; s/after [0-9]* ms/after N ms/; s/([0-9]*\.[0-9]* s)//' log
    sed 's/time="[^"]*"//; s/timestamp="[^"]*"//; s/hostname="[^"]*"//' reports/*jupiter*.xml | sed '/<property /d'
    rm -rf log reports
    [ $code = 1 ] # the test that is meant to fail
}
app_xalan() {
    "${JAVA[@]}" -cp "$out/classes:$xml_path" Transform "$here/orders.xsl" interpreted.xml &&
    "${JAVA[@]}" -cp "$out/classes:$xml_path" -Djavax.xml.transform.TransformerFactory=org.apache.xalan.xsltc.trax.TransformerFactoryImpl \
        Transform "$here/orders.xsl" compiled.xml &&
    "${JAVA[@]}" -cp "$out/classes" Transform "$here/orders.xsl" jdk.xml
}
# The rewritten jar must pass java's verifier, and do its work.
app_asm() {
    "${JAVA[@]}" -cp "$out/classes:$asm_path:$(jar_path antlr4-runtime)" RewriteAsm $jars/antlr4-runtime.jar runtime.jar &&
    cp "$here/Expr.g4" . && "$jdk/bin/java" -Xverify:all -cp "runtime.jar:$antlr_path" org.antlr.v4.Tool Expr.g4 &&
    "${JAVA[@]}" -cp "runtime.jar:$antlr_path" org.antlr.v4.Tool -o again Expr.g4
}
app_bcel() {
    "${JAVA[@]}" -cp "$out/classes:$bcel_path" RewriteBcel $jars/js.jar rhino.jar &&
    "$jdk/bin/java" -Xverify:all -cp rhino.jar org.mozilla.javascript.tools.shell.Main -opt 9 "$here/bench.js" &&
    "${JAVA[@]}" -cp rhino.jar org.mozilla.javascript.tools.shell.Main -opt -1 "$here/bench.js"
}

# JAVA_HOME=build/jdkhome: scripts and tools that start java themselves.
app_tools() {
    local bin=$JAVA_HOME/bin
    "$bin/javac" -J-Xmx300m -d classes "$examples/Shapes.java" "$examples/LTree.java" && "$bin/javap" -c -p -cp classes Shapes LTree &&
    "$bin/jar" --date=2020-01-01T00:00:00Z -c -f all.jar -C classes . && "$bin/jdeps" all.jar && "$bin/java" -cp all.jar Shapes &&
    printf '%s\n' 'int twice(int x) { return 2 * x; }' 'System.out.println(twice(21))' 'var l = List.of(3, 1, 2)' '/exit' |
        "$bin/jshell" -s -
}
app_ant_home() {
    cp -r "$here/ant/." . && JAVA_HOME=$JAVA_HOME ant -f build.xml > log
    local code=$?
    sed "/^Total time/d; s|$PWD|.|g" log; rm -f log
    return $code
}
app_mvn_home() {
    cp -r "$here/maven/." . && cp -rs /usr/share/maven-repo repo &&
    JAVA_HOME=$JAVA_HOME mvn -o -B -q -Dmaven.repo.local="$PWD/repo" -Dmaven.test.skip=true package
    local code=$?
    rm -rf repo target/maven-status
    return $code
}
