/* Names and constructors of one kind of object. */
#include "base/types.h"
#include <string.h>

/* Where a name is; types->n: nowhere */
size_t HypTypesPosition(const HypTypes *types, const char *name)
{
  size_t i = 0;

  while (i < types->n && strcmp(types->name[i], name) != 0) i++;
  return i;
}

/* A name that is there already gets the new constructor; false: too many, or too long a name */
bool HypTypesAdd(HypTypes *types, const char *name, HypConstructor create)
{
  const size_t i = HypTypesPosition(types, name);

  if (i == HYP_TYPES || strlen(name) >= HYP_TYPE_NAME) return false;
  strcpy(types->name[i], name);
  types->create[i] = create;
  if (i == types->n) types->n++;
  return true;
}

/* NULL: no such type */
HypConstructor HypTypesFind(const HypTypes *types, const char *name)
{
  const size_t i = HypTypesPosition(types, name);

  return i < types->n ? types->create[i] : NULL;
}
