import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** An in-memory SQL session with 10,000 rows: Sql JDBC-URL. */
public class Sql {
    static Connection db;

    static void query(String sql) throws SQLException {
        System.out.println("> " + sql);
        try (Statement s = db.createStatement(); ResultSet r = s.executeQuery(sql)) {
            int columns = r.getMetaData().getColumnCount();
            while (r.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns; i++) line.append(i > 1 ? " | " : "").append(r.getString(i));
                System.out.println(line);
            }
        }
    }

    static void update(String sql) throws SQLException {
        try (Statement s = db.createStatement()) {
            System.out.println("> " + sql + "\n" + s.executeUpdate(sql));
        }
    }

    static void fill() throws SQLException {
        long seed = 42;
        try (PreparedStatement p = db.prepareStatement("insert into item(id, name, kind, price, added) values (?, ?, ?, ?, ?)")) {
            for (int i = 0; i < 10_000; i++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                int r = (int) (seed >>> 40);
                p.setInt(1, i);
                p.setString(2, "item-" + Integer.toString(r, 36));
                p.setInt(3, r % 97);
                p.setBigDecimal(4, new java.math.BigDecimal(r % 100_000).movePointLeft(2));
                p.setDate(5, java.sql.Date.valueOf(java.time.LocalDate.of(2000, 1, 1).plusDays(r % 9000)));
                p.addBatch();
                if (i % 500 == 499) p.executeBatch();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        db = DriverManager.getConnection(args[0], "sa", "");
        System.out.println(db.getMetaData().getDatabaseProductName() + " " + db.getMetaData().getDatabaseProductVersion());
        update("create table kind(id int primary key, label varchar(20) not null)");
        update("create table item(id int primary key, name varchar(40), kind int references kind(id), price decimal(10,2), added date)");
        for (int k = 0; k < 97; k++)
            try (PreparedStatement p = db.prepareStatement("insert into kind values (?, ?)")) {
                p.setInt(1, k);
                p.setString(2, "kind " + (char) ('A' + k % 26) + k);
                p.executeUpdate();
            }
        db.setAutoCommit(false);
        fill();
        db.commit();
        update("create index item_kind on item(kind, price)");
        query("select count(*), sum(price), min(added), max(name) from item");
        query("select k.label, count(*), avg(i.price) from item i join kind k on k.id = i.kind group by k.label having count(*) > 115 order by 2 desc, 1");
        query("select name, price from item where kind between 10 and 12 and price > 990 order by price desc, name");
        query("select extract(year from added), count(distinct kind) from item group by extract(year from added) order by 1");
        query("select id, name from item where name like 'item-a%b%' order by id");
        query("select count(*) from item a where a.id < 1500 and a.price = (select max(b.price) from item b where b.kind = a.kind)");
        update("update item set price = price * 1.1 where kind in (select id from kind where label like 'kind C%')");
        Savepoint save = db.setSavepoint("before");
        update("delete from item where price < 500");
        query("select count(*) from item");
        db.rollback(save);
        query("select count(*) from item");
        try {
            update("insert into item values (1, 'again', 1, 1, null)");
        } catch (SQLException e) {
            System.out.println(e.getSQLState());
        }
        db.commit();
        query("select coalesce(k.label, 'all'), count(*) from kind k left join item i on i.kind = k.id and i.price > 1000 group by k.label order by 2 desc, 1 limit 5");
        db.close();
    }
}
