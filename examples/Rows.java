/** Adds up a matrix by rows and by columns. */
public class Rows {
    static double byRows(double[][] m) {
        double sum = 0;
        for (int i = 0; i < m.length; i++)
            for (int j = 0; j < m.length; j++)
                sum += m[i][j];
        return sum;
    }

    static double byColumns(double[][] m) {
        double sum = 0;
        for (int j = 0; j < m.length; j++)
            for (int i = 0; i < m.length; i++)
                sum += m[i][j];
        return sum;
    }

    public static void main(String[] args) {
        int n = args.length > 0 ? Integer.parseInt(args[0]) : 64;
        double[][] m = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) m[i][j] = i ^ j;
        double rows = 0, columns = 0;
        for (int pass = 0; pass < 64; pass++) {
            rows += byRows(m);
            columns += byColumns(m);
        }
        System.out.println("by rows " + rows + ", by columns " + columns);
    }
}
