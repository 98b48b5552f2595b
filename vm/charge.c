/* Charging firmware to the core: the switch that sim.c sets, the names of services, and what one unit of each service's work counts when
   the caller cannot count instructions itself. */
#include "vm/charge.h"

ChargeHooks *charge_hooks;

const char *charge_service_name(Service s)
{
#define S(id, name) name,
    static const char *const names[] = { "none",
#include "vm/services.def"
    };
#undef S
    _Static_assert(NELEM(names) == SVC_COUNT, "one name per service");
    return (u32)s < SVC_COUNT ? names[s] : "unknown";
}
