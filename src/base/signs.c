/* Signs that people paste from documents, which look like those of formulas and numbers. */
#include "base/base.h"
#include <string.h>

static const struct {
  const char *bytes, *advice;
} foreign[] = {
  {"\xe2\x88\x92", "U+2212, which looks like a minus sign and is none here; write '-'"},
  {"\xe2\x80\x90", "the hyphen U+2010, which is no minus sign; write '-'"},
  {"\xe2\x80\x91", "the hyphen U+2011, which is no minus sign; write '-'"},
  {"\xe2\x80\x93", "the dash U+2013, which is no minus sign; write '-'"},
  {"\xe2\x80\x94", "the dash U+2014, which is no minus sign; write '-'"},
  {"\xef\xbc\x8d", "the wide minus sign U+FF0D; write '-'"},
  {"\xc3\x97", "the multiplication sign U+00D7; write '*'"},
  {"\xc2\xb7", "the middle dot U+00B7; write '*'"},
  {"\xe2\x8b\x85", "the dot operator U+22C5; write '*'"},
  {"\xc3\xb7", "the division sign U+00F7; write '/'"},
  {"\xc2\xb2", "the superscript two U+00B2; write '^2'"},
  {"\xc2\xb3", "the superscript three U+00B3; write '^3'"},
  {"\xcf\x80", "the letter pi, U+03C0; write 'pi'"},
  {"\xe2\x88\x9a", "the root sign U+221A; write 'sqrt(...)'"},
  {"\xe2\x88\x9e", "the sign of infinity, U+221E; only finite numbers are allowed"},
  {"\xc2\xa0", "a space that does not break, U+00A0; write a plain one"},
  {"\xe2\x80\xaf", "a narrow space that does not break, U+202F; write a plain one"},
};

/* What the sign at the beginning of a text is and what to write instead; NULL if it is not known */
const char *HypForeignSign(const char *text)
{
  for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
    if (strncmp(text, foreign[i].bytes, strlen(foreign[i].bytes)) == 0) return foreign[i].advice;
  return NULL;
}

/* The same of the first such sign anywhere in a text */
const char *HypFindForeignSign(const char *text)
{
  const char *found = NULL;

  for (; *text && !found; text++) found = HypForeignSign(text);
  return found;
}
