/** Planets under each other's gravity: fields of objects, double arithmetic, a square root in the inner loop. */
final class NBody {
    private static final class Body {
        double x, y, z, vx, vy, vz;
        final double mass;
        Body(double x, double y, double z, double vx, double vy, double vz, double mass) {
            this.x = x; this.y = y; this.z = z;
            this.vx = vx; this.vy = vy; this.vz = vz;
            this.mass = mass;
        }
    }

    private static Body[] system() {
        Bench.Random random = new Bench.Random(3);
        Body[] bodies = new Body[5];
        bodies[0] = new Body(0, 0, 0, 0, 0, 0, 40);
        for (int i = 1; i < bodies.length; i++) {
            double r = 4 * i + random.unit(), v = Math.sqrt(40 / r);
            bodies[i] = new Body(r, 0, random.unit() - 0.5, 0.1 * random.unit(), v, 0.02 * random.unit(), 0.04 * random.unit());
        }
        double px = 0, py = 0, pz = 0;
        for (Body b : bodies) {
            px += b.vx * b.mass;
            py += b.vy * b.mass;
            pz += b.vz * b.mass;
        }
        bodies[0].vx = -px / 40;
        bodies[0].vy = -py / 40;
        bodies[0].vz = -pz / 40;
        return bodies;
    }

    private static void advance(Body[] bodies, double dt) {
        for (int i = 0; i < bodies.length; i++) {
            Body a = bodies[i];
            for (int j = i + 1; j < bodies.length; j++) {
                Body b = bodies[j];
                double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
                double square = dx * dx + dy * dy + dz * dz;
                double pull = dt / (square * Math.sqrt(square));
                a.vx -= dx * b.mass * pull;
                a.vy -= dy * b.mass * pull;
                a.vz -= dz * b.mass * pull;
                b.vx += dx * a.mass * pull;
                b.vy += dy * a.mass * pull;
                b.vz += dz * a.mass * pull;
            }
        }
        for (Body b : bodies) {
            b.x += dt * b.vx;
            b.y += dt * b.vy;
            b.z += dt * b.vz;
        }
    }

    private static double energy(Body[] bodies) {
        double e = 0;
        for (int i = 0; i < bodies.length; i++) {
            Body a = bodies[i];
            e += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
            for (int j = i + 1; j < bodies.length; j++) {
                Body b = bodies[j];
                double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
                e -= a.mass * b.mass / Math.sqrt(dx * dx + dy * dy + dz * dz);
            }
        }
        return e;
    }

    static long kernel(int steps) {
        Body[] bodies = system();
        long sum = Bench.mix(0, energy(bodies));
        for (int i = 0; i < steps; i++) advance(bodies, 0.01);
        return Bench.mix(sum, energy(bodies));
    }

    public static void main(String[] args) { Bench.run(args, 500_000, NBody::kernel); }
}
