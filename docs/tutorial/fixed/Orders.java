import java.util.*;

/** Bills orders. What billing touches lies in arrays, in the order in which it is touched. */
public class Orders {
    static class Customers {
        final String[] name;
        final int[] discount;
        final int[] total; // of a year, in cents
        Customers(int n) { name = new String[n]; discount = new int[n]; total = new int[n]; }
    }

    static class OrderList {
        final int[] customer, cents;
        OrderList(int n) { customer = new int[n]; cents = new int[n]; }
    }

    static OrderList read(int customers, int n) {
        Random random = new Random(1);
        OrderList orders = new OrderList(n);
        for (int i = 0; i < n; i++) {
            orders.customer[i] = random.nextInt(customers);
            orders.cents[i] = random.nextInt(10_000);
        }
        return orders; // in no order, as before
    }

    static void bill(OrderList orders, Customers customers) {
        int[] of = orders.customer, cents = orders.cents, discount = customers.discount, total = customers.total;
        for (int i = 0; i < of.length; i++) total[of[i]] += cents[i] * (100 - discount[of[i]]) / 100;
    }

    public static void main(String[] args) {
        Customers customers = new Customers(8_000);
        for (int i = 0; i < 8_000; i++) {
            customers.name[i] = String.valueOf(i);
            customers.discount[i] = i % 20;
        }
        OrderList orders = read(8_000, 20_000);
        for (int month = 0; month < 6; month++) bill(orders, customers);
        long sum = 0;
        for (int t : customers.total) sum += t;
        System.out.println("billed " + sum);
    }
}
