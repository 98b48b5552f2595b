import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON: characters of strings, recursion, boxed values in lists and maps, type tests. */
final class Json {
    private static final class Reader {
        private final String s;
        private int at;
        Reader(String s) { this.s = s; }

        private char next() {
            while (at < s.length() && s.charAt(at) <= ' ') at++;
            if (at == s.length()) throw new IllegalArgumentException("the text ends early");
            return s.charAt(at);
        }

        private void expect(char c) {
            if (next() != c) throw new IllegalArgumentException("at " + at + ": '" + s.charAt(at) + "' for '" + c + "'");
            at++;
        }

        Object value() {
            switch (next()) {
            case '{': return object();
            case '[': return array();
            case '"': return string();
            case 't': at += 4; return Boolean.TRUE;
            case 'f': at += 5; return Boolean.FALSE;
            case 'n': at += 4; return null;
            default: return number();
            }
        }

        private Map<String, Object> object() {
            Map<String, Object> m = new LinkedHashMap<>();
            expect('{');
            while (next() != '}') {
                String key = string();
                expect(':');
                m.put(key, value());
                if (next() == ',') at++;
            }
            at++;
            return m;
        }

        private List<Object> array() {
            List<Object> l = new ArrayList<>();
            expect('[');
            while (next() != ']') {
                l.add(value());
                if (next() == ',') at++;
            }
            at++;
            return l;
        }

        private String string() {
            expect('"');
            int start = at;
            StringBuilder b = null;
            for (char c; (c = s.charAt(at)) != '"'; at++) {
                if (c == '\\') {
                    if (b == null) b = new StringBuilder(s.substring(start, at));
                    c = s.charAt(++at);
                    if (c == 'n') c = '\n';
                    else if (c == 'u') {
                        c = (char) Integer.parseInt(s.substring(at + 1, at + 5), 16);
                        at += 4;
                    }
                }
                if (b != null) b.append(c);
            }
            String got = b == null ? s.substring(start, at) : b.toString();
            at++;
            return got;
        }

        private Number number() {
            int start = at;
            boolean real = false;
            for (; at < s.length(); at++) {
                char c = s.charAt(at);
                if (c == '.' || c == 'e' || c == 'E') real = true;
                else if (!(c >= '0' && c <= '9' || c == '-' || c == '+')) break;
            }
            String t = s.substring(start, at);
            if (real) return Double.valueOf(t);
            return Long.valueOf(t);
        }
    }

    private static void quote(StringBuilder b, String s) {
        b.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') b.append('\\').append(c);
            else if (c == '\n') b.append("\\n");
            else if (c > '~') b.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
            else b.append(c);
        }
        b.append('"');
    }

    private static void write(StringBuilder b, Object o) {
        String between = "";
        if (o instanceof Map<?, ?> m) {
            b.append('{');
            for (Map.Entry<?, ?> e : m.entrySet()) {
                b.append(between);
                quote(b, (String) e.getKey());
                b.append(':');
                write(b, e.getValue());
                between = ",";
            }
            b.append('}');
        } else if (o instanceof List<?> l) {
            b.append('[');
            for (Object e : l) {
                b.append(between);
                write(b, e);
                between = ",";
            }
            b.append(']');
        } else if (o instanceof String s) {
            quote(b, s);
        } else {
            b.append(o);
        }
    }

    private static Object random(Bench.Random r, int depth) {
        switch (r.below(depth > 0 ? 8 : 5)) {
        case 0: return (long) r.below(1_000_000) - 500_000;
        case 1: return r.below(1000) * 0.125;
        case 2: return "text " + r.below(1000) + (r.below(3) == 0 ? "\n\"quoted\" \u00fc" : " plain");
        case 3: return r.below(2) == 0;
        case 4: return null;
        case 5:
            List<Object> l = new ArrayList<>();
            for (int i = r.below(8); i >= 0; i--) l.add(random(r, depth - 1));
            return l;
        default:
            Map<String, Object> m = new LinkedHashMap<>();
            for (int i = r.below(8); i >= 0; i--) m.put("key" + i, random(r, depth - 1));
            return m;
        }
    }

    static long kernel(int documents) {
        Bench.Random r = new Bench.Random(59);
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < documents; i++) all.add(random(r, 5));
        StringBuilder b = new StringBuilder();
        write(b, all);
        String text = b.toString();
        long sum = text.length();
        for (int i = 0; i < 5; i++) {
            Object got = new Reader(text).value();
            b.setLength(0);
            write(b, got);
            if (!b.toString().equals(text)) throw new AssertionError("written differently");
            sum = sum * 31 + got.hashCode();
        }
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 600, Json::kernel); }
}
