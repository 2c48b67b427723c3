/* Results: the contraction certificate and the table of bounds. */
#include "result/section/section.h"

#define C R->contraction

REAL(Mu, R->slopes->bounded ? C->mu : NAN)
REAL_IF(Guaranteed, R->slopes->bounded && C->mu > 0, C->mu)
REAL_IF(Growing, R->slopes->bounded && C->mu <= 0, C->mu)
REAL(Radius, R->slopes->bounded ? C->r : NAN)
REAL(Centre, R->slopes->bounded ? C->c : NAN)
INTEGER(Tight, C->tight + 1)
REAL(Frequency, C->frequency)
REAL(Margin, C->margin)
REALS(P, 4 * C->d * C->d, C->P)
FLAG(Given, R->slopes->given)
TEXT(Remark, R->slopes->remark)

static const HypQuantity certificate[] = {
  {NAMES("mu", "certificate_mu"),
   ABOUT("1/time", "rate of contraction", "docs/mathematics.md, section 11"), .value = Mu},
  {SHOWN("guaranteed rate", NULL, 0), PROVED, .value = Guaranteed},
  {SHOWN("rate of contraction", NULL, 0), PROVED, .value = Growing},
  {NAMES("r", "certificate_r"), SHOWN("r", NULL, 0),
   ABOUT("1/time^2", "|Deps - c I| <= r where mu is tight; none where corners decide", ""),
   .value = Radius},
  {NAMES("c", "certificate_c"), SHOWN("c", NULL, 0),
   ABOUT("1/time^2", "centre of the slopes of eps", ""), .value = Centre},
  {NAMES("coordinate", "certificate_coordinate"),
   ABOUT("1", "the coordinate that decides, from 1; 0: corners of Deps do", ""), .value = Tight},
  {NAMES("frequency", "certificate_frequency"), ABOUT("1/time", "where the rate is tight", ""),
   .value = Frequency},
  {NAMES("margin", "certificate_margin"), ABOUT("1/time", "P proves mu - margin", ""),
   .value = Margin},
  {NAMES("P", "certificate_P"), ABOUT("1", "by rows, in (theta, y): P J + J^T P <= -2 mu P", ""),
   .value = P},
  {NAMES("given", "certificate_given"), ABOUT("1", "1: the slopes are the user's", ""),
   .value = Given},
  {NAMES("remark", "certificate_remark"), SHOWN("", NULL, -1), ABOUT("1", "what was assumed", ""),
   .value = Remark},
};

static PetscBool Certified(const HypResult *R)
{
  return R->contraction ? PETSC_TRUE : PETSC_FALSE;
}

const HypSection HypCertificateSection = {.name     = "certificate",
                                          .title    = "contraction",
                                          .form     = HYP_OBJECT,
                                          .look     = HYP_TABLE,
                                          .optional = PETSC_TRUE,
                                          .exists   = Certified,
                                          ROWS(certificate)};

static const char *Explain(const HypBound *bound)
{
  static char line[512];

  snprintf(line, sizeof(line), "\n    %s; %s", bound->source, bound->hypotheses);
  return line;
}

TEXT(Name, R->bounds[i].name)
TEXT(Source, R->bounds[i].source)
TEXT(Quantity, R->bounds[i].quantity)
TEXT(Formula, R->bounds[i].formula)
TEXT(Hypotheses, R->bounds[i].hypotheses)
REAL(Rate, R->bounds[i].rate)
REAL(Measured, R->bounds[i].measured)
REAL(Ratio, R->bounds[i].ratio)
TEXT(Verdict, HypBoundVerdicts[R->bounds[i].verdict])
TEXT(Explanation, Explain(&R->bounds[i]))

static const HypQuantity bounds[] = {
  {NAMES("name", "bound_name"), SHOWN("", NULL, -44), ABOUT("1", "name", ""), .value = Name, MANY},
  {NAMES("source", "bound_source"), ABOUT("1", "where it is stated", ""), .value = Source, MANY},
  {NAMES("quantity", "bound_quantity"), ABOUT("1", "what it bounds", ""), .value = Quantity, MANY},
  {NAMES("formula", "bound_formula"), ABOUT("1", "how", ""), .value = Formula, MANY},
  {NAMES("hypotheses", "bound_hypotheses"), ABOUT("1", "what it needs, and whether that holds", ""),
   .value = Hypotheses, MANY},
  {NAMES("rate", "bound_rate"), SHOWN("guaranteed", "%.7g", 12), PROVED,
   ABOUT("1/time", "what it guarantees", ""), .value = Rate, MANY},
  {NAMES("measured", "bound_measured"), SHOWN("measured", "%.7g", 12),
   ABOUT("1/time", "what was found", ""), .value = Measured, MANY},
  {NAMES("ratio", "bound_ratio"), SHOWN("ratio", "%.3g", 8),
   ABOUT("1", "guaranteed by measured", ""), .value = Ratio, MANY},
  {NAMES("verdict", "bound_verdict"), SHOWN("verdict", NULL, -1), ABOUT("1", "verdict", ""),
   .value = Verdict, MANY},
  {SHOWN("", NULL, -1), .value = Explanation, MANY},
};

static PetscInt CountBounds(const HypResult *R)
{
  return R->nbounds;
}

static PetscBool Bounded(const HypResult *R)
{
  return R->nbounds ? PETSC_TRUE : PETSC_FALSE;
}

const HypSection HypBoundSection = {.name      = "bounds",
                                    .title     = "bound",
                                    .form      = HYP_LIST,
                                    .look      = HYP_TABLE,
                                    .dimension = "bound",
                                    .index     = "number of a bound",
                                    .optional  = PETSC_TRUE,
                                    .exists    = Bounded,
                                    .count     = CountBounds,
                                    ROWS(bounds)};
