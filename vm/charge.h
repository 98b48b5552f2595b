/* Names of the services that are charged to the core (services.def); the charging itself is inline in vm.h. */
#ifndef VM_CHARGE_H
#define VM_CHARGE_H
#include "vm/vm.h"

const char *charge_service_name(Service s);

#endif
