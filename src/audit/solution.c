/*
   The statements along the solution: both sides of each at one state.

   E_x = ||grad_x h||^2, E_v = ||grad_v h||^2, E_xv = <grad_x h, grad_v h>,
   S_ the same of d h/d v_i summed over i, R_ those of (d), (e), (f);
   c holds the constants, in which a primed quantity is a time derivative.
*/
#include "audit/statements.h"
#include <math.h>

static PetscReal H(const HypMoments *m, const HypAuditConstants *c)
{
  return m->Ex + c->theorem.lyapunov.C * m->Ev + 2 * c->theorem.lyapunov.Chat * m->Exv;
}

static PetscReal dH(const HypMoments *m, const HypAuditConstants *c)
{
  return m->dEx + c->theorem.lyapunov.C * m->dEv + 2 * c->theorem.lyapunov.Chat * m->dExv;
}

HypSides HypSidesMass(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)c;
  return (HypSides){m->mean, 0, PetscMax(1, PetscSqrtReal(start->norm2))};
}

HypSides HypSidesTransport(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  (void)c;
  return (HypSides){m->T, 0, m->Tscale};
}

HypSides HypSidesFokkerPlanck(const HypMoments *start, const HypMoments *m,
                              const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->L, -c->gamma / c->beta * m->Ev, c->gamma / c->beta * m->Ev};
}

HypSides HypSidesPerturbation(const HypMoments *start, const HypMoments *m,
                              const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->R, c->eps0 * c->theorem.C2 * m->norm2, m->norm2};
}

HypSides HypSidesD(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rx, c->eps0 * C22 * (5.5 * m->Ex + 2 * m->Ev), m->Ex + m->Ev};
}

HypSides HypSidesE(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rv, c->eps0 * C22 * (2 * m->Ex + 5.5 * m->Ev), m->Ex + m->Ev};
}

HypSides HypSidesF(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return (HypSides){m->Rxv, c->eps0 * C22 * 7.5 * (m->Ex + m->Ev), m->Ex + m->Ev};
}

/* (E_x + C E_v)' + 2 (gamma/beta)(S_x + C S_v) <= -2 (C - w0^2) E_xv - 2 gamma C E_v + 2 eps0 C2^2
   [...] */
HypSides HypSidesLemma41(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  LYAPUNOV;
  const PetscReal left = m->dEx + C * m->dEv + 2 * c->gamma / c->beta * (m->Sx + C * m->Sv),
                  w2   = PetscSqr(c->omega0);

  (void)start;
  (void)Chat;
  (void)mu;
  return (HypSides){left,
                    -2 * (C - w2) * m->Exv - 2 * c->gamma * C * m->Ev +
                      c->eps0 * C22 * ((11 + 4 * C) * m->Ex + (4 + 11 * C) * m->Ev),
                    PetscAbsReal(m->dEx) + C * PetscAbsReal(m->dEv) +
                      2 * c->gamma / c->beta * (m->Sx + C * m->Sv)};
}

/* E_xv' + 2 (gamma/beta) S_xv <= -gamma E_xv + w0^2 E_v - E_x + 15/2 eps0 C2^2 (E_x + E_v) */
HypSides HypSidesLemma42(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  const PetscReal second = 2 * c->gamma / c->beta * m->Sxv;

  (void)start;
  return (HypSides){m->dExv + second,
                    -c->gamma * m->Exv + PetscSqr(c->omega0) * m->Ev - m->Ex +
                      7.5 * c->eps0 * C22 * (m->Ex + m->Ev),
                    PetscAbsReal(m->dExv) + PetscAbsReal(second) + m->Ex + m->Ev};
}

/* (4.3) without its right side:
   H' + grad h K grad h + (2 gamma/beta) sum_i d_vi grad h P d_vi grad h,
   and the sum of the absolute terms */
static HypSides Balance(const HypMoments *m, const HypAuditConstants *c)
{
  LYAPUNOV;
  const PetscReal w2 = PetscSqr(c->omega0), g = c->gamma;
  const PetscReal K =
    2 * Chat * m->Ex + 2 * (C - w2 + g * Chat) * m->Exv + (2 * g * C - 2 * w2 * Chat) * m->Ev;
  const PetscReal second = 2 * g / c->beta * (m->Sx + C * m->Sv + 2 * Chat * m->Sxv);

  (void)mu;
  return (HypSides){dH(m, c) + K + second, 0,
                    PetscAbsReal(m->dEx) + C * PetscAbsReal(m->dEv) +
                      2 * Chat * PetscAbsReal(m->dExv) + PetscAbsReal(K) + PetscAbsReal(second)};
}

/* what R adds: 2 (d) + 2 C (e) + 2 Chat (f), exactly */
HypSides HypSidesBalanceIdentity(const HypMoments *start, const HypMoments *m,
                                 const HypAuditConstants *c)
{
  HypSides sides = Balance(m, c);

  (void)start;
  sides.right =
    2 * m->Rx + 2 * c->theorem.lyapunov.C * m->Rv + 2 * c->theorem.lyapunov.Chat * m->Rxv;
  return sides;
}

HypSides HypSidesBalanceBound(const HypMoments *start, const HypMoments *m,
                              const HypAuditConstants *c)
{
  LYAPUNOV;
  HypSides sides = Balance(m, c);

  (void)start;
  (void)mu;
  sides.right =
    c->eps0 * C22 * ((11 + 4 * C + 15 * Chat) * m->Ex + (4 + 11 * C + 15 * Chat) * m->Ev);
  return sides;
}

static HypSides Gronwall(const HypMoments *m, const HypAuditConstants *c, PetscReal C1)
{
  return (HypSides){dH(m, c) + 2 * (c->theorem.lyapunov.mu_proved - c->eps0 * C1) * H(m, c), 0,
                    H(m, c)};
}

HypSides HypSidesGronwall(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  (void)start;
  return Gronwall(m, c, c->theorem.C1);
}

HypSides HypSidesGronwallCorrected(const HypMoments *start, const HypMoments *m,
                                   const HypAuditConstants *c)
{
  (void)start;
  return Gronwall(m, c, c->C1_corrected);
}

/* y(t) e^{2 rate t} / y(0) <= 1; the start itself says nothing */
static HypSides Bounded(const HypMoments *start, const HypMoments *m, PetscReal y, PetscReal y0,
                        PetscReal rate)
{
  if (m == start) return (HypSides){0, 0, 0};
  return (HypSides){y / y0 * PetscExpReal(2 * rate * (m->t - start->t)), 1, 1};
}

HypSides HypSidesTheorem(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  return Bounded(start, m, H(m, c), H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->theorem.C1);
}

HypSides HypSidesTheoremCorrected(const HypMoments *start, const HypMoments *m,
                                  const HypAuditConstants *c)
{
  return Bounded(start, m, H(m, c), H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected);
}

HypSides HypSidesTheoremNorm(const HypMoments *start, const HypMoments *m,
                             const HypAuditConstants *c)
{
  return Bounded(start, m, c->coercivity * m->norm2, H(start, c),
                 c->theorem.lyapunov.mu_proved - c->eps0 * c->C1_corrected);
}

/* eps = 0: ||h(t)||^2 <= sharp e^{-2 mu t} ||h(0)||^2 */
HypSides HypSidesSharp(const HypMoments *start, const HypMoments *m, const HypAuditConstants *c)
{
  HypSides sides = Bounded(start, m, m->norm2, start->norm2, c->theorem.lyapunov.mu_proved);

  if (c->eps0 > 0 || !isfinite(c->sharp)) return (HypSides){0, 0, 0};
  sides.right *= c->sharp;
  return sides;
}
