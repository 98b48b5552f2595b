/* The translator: all tests of the core again, with it as the engine, and what is its own. */
#define TEST_ENGINE HW_ENGINE_DBT
#include "hwsim_core_test.c"
