import java.util.*;

/** Bills orders: each order's customer has a discount and a running total. */
public class Orders {
    static class Customer {
        final String name;
        final int discount;
        long total;
        Customer(String name, int discount) { this.name = name; this.discount = discount; }
    }

    static class Order {
        final Customer customer;
        final int cents;
        Order(Customer customer, int cents) { this.customer = customer; this.cents = cents; }
    }

    static List<Order> read(List<Customer> customers, int n) {
        Random random = new Random(1);
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < n; i++) orders.add(new Order(customers.get(random.nextInt(customers.size())), random.nextInt(10_000)));
        Collections.shuffle(orders, random); // they come in no order
        return orders;
    }

    static void bill(List<Order> orders) {
        for (Order o : orders) {
            Customer c = o.customer;
            c.total += o.cents * (100 - c.discount) / 100;
        }
    }

    public static void main(String[] args) {
        List<Customer> customers = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) customers.add(new Customer(String.valueOf(i), i % 20));
        List<Order> orders = read(customers, 20_000);
        for (int month = 0; month < 6; month++) bill(orders);
        long sum = 0;
        for (Customer c : customers) sum += c.total;
        System.out.println("billed " + sum);
    }
}
