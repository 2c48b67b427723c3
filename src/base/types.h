#pragma once
/*
   Names and constructors of one kind of object.
   Plain C, not PETSc's list: programs register types before PETSc starts, and a list made then
   cannot be freed by the allocator that PETSc takes afterwards (-malloc_debug).
*/
#include <stdbool.h>
#include <stddef.h>

enum { HYP_TYPES = 32, HYP_TYPE_NAME = 32 };

typedef void (*HypConstructor)(void);
typedef struct {
  size_t         n;
  char           name[HYP_TYPES][HYP_TYPE_NAME];
  HypConstructor create[HYP_TYPES];
} HypTypes;

size_t         HypTypesPosition(const HypTypes *types, const char *name);
bool           HypTypesAdd(HypTypes *types, const char *name, HypConstructor create);
HypConstructor HypTypesFind(const HypTypes *types, const char *name);
