"""Statements as they would be set in a paper: in Unicode for pictures and pages,
in LaTeX for papers."""
import re

# word -> (Unicode, LaTeX)
WORDS = {
    "grad_x": ("∇ₓ", r"\nabla_x"),
    "grad_v": ("∇ᵥ", r"\nabla_v"),
    "grad": ("∇", r"\nabla"),
    "d_vi": ("∂ᵥᵢ", r"\partial_{v_i}"),
    "E_xv": ("Eₓᵥ", "E_{xv}"),
    "S_xv": ("Sₓᵥ", "S_{xv}"),
    "E_x": ("Eₓ", "E_x"),
    "E_v": ("Eᵥ", "E_v"),
    "S_x": ("Sₓ", "S_x"),
    "S_v": ("Sᵥ", "S_v"),
    "omega0": ("ω₀", r"\omega_0"),
    "w0": ("ω₀", r"\omega_0"),
    "eps0": ("ε₀", r"\varepsilon_0"),
    "eps": ("ε", r"\varepsilon"),
    "mu": ("μ", r"\mu"),
    "gamma": ("γ", r"\gamma"),
    "beta": ("β", r"\beta"),
    "delta": ("δ", r"\delta"),
    "theta": ("θ", r"\theta"),
    "tau": ("τ", r"\tau"),
    "lambda": ("λ", r"\lambda"),
    "kappa": ("κ", r"\kappa"),
    "eta": ("η", r"\eta"),
    "Chat": ("Ĉ", r"\hat C"),
    "C1": ("C₁", "C_1"),
    "C2": ("C₂", "C_2"),
    "sum": ("Σ", r"\sum"),
    "sqrt": ("√", r"\surd"),
    "sup": ("sup", r"\sup"),
    "max_t": ("maxₜ", r"\max_t"),
    "max": ("max", r"\max"),
    "min": ("min", r"\min"),
    "eig": ("eig", r"\operatorname{eig}"),
    "Re": ("Re", r"\operatorname{Re}"),
}
SIGNS = {">=": ("≥", r"\ge"), "<=": ("≤", r"\le"), "||": ("‖", r"\Vert ")}
RAISED = str.maketrans("0123456789+-itGT*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁱᵗᴳᵀ*")
WORD = re.compile(
    r"(?<![A-Za-z_])(" + "|".join(sorted(WORDS, key=len, reverse=True)) + r")(?![A-Za-z_])"
)
FORMULA = re.compile(r"\^|0" + "|" + WORD.pattern)  # a word with this in it is part of a formula
BRACKETS = re.compile(r"<(?=\S)([^<>=]*?,[^<>=]*?)>")


def _replace(text, form):
    text = BRACKETS.sub(lambda m: f"⟨{m[1]}⟩" if form == 0 else rf"\langle {m[1]}\rangle ", text)
    text = re.sub(
        r">=|<=|\|\|", lambda m: SIGNS[m[0]][form] + (" " if form and m[0] != "||" else ""), text
    )
    return WORD.sub(lambda m: WORDS[m[1]][form], text)


def unicode(text):
    """A statement with signs of mathematics instead of words."""
    text = _replace(text, 0)
    text = re.sub(r"\^(-?\d+)", lambda m: m[1].translate(RAISED), text)
    return re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text).replace("Poincare", "Poincaré")


PLAIN = re.compile(
    r"(?<![\\A-Za-z_'0-9])((?:[A-Za-z]{3,}|of|by|as|is|in|an|or|to|its)(?:[ "
    r"-](?:[a-z]{3,}|of|by|as|is|in|an|or|to))*)"
    r"(?![A-Za-z_^(])"
)


def latex(text):
    """A statement for LaTeX: known words and signs as formulas, the rest as text."""
    made, formula = [], ""
    for k, part in enumerate(PLAIN.split(text)):
        if k % 2 and not FORMULA.search(part):
            made += [_math(formula), escape(part).replace("Poincare", "Poincaré")]
            formula = ""
        else:
            formula += part
    return "".join([*made, _math(formula)])


def _math(text):
    """One formula between dollars; marks and blanks at its ends, and a label like (a),
    stay outside."""
    before, core, after = re.fullmatch(
        r"([\s,:;]*(?:\([a-f]\)\s*)?)(.*?)([\s,:;]*)", text, re.S
    ).groups()
    if not re.search(r"[<>=^|+*]|" + WORD.pattern, core):
        return escape(text)
    core = re.sub(r"\^(-?\d+)", r"^{\1}", _replace(core, 1))
    return f"{before}${re.sub('([%#&])', chr(92) * 2 + chr(92) + '1', core)}${after}"


def escape(text):
    """Text for LaTeX."""
    return re.sub(
        r"[&%$#_{}~^\\]",
        lambda m: {
            "~": r"\textasciitilde{}",
            "^": r"\textasciicircum{}",
            "\\": r"\textbackslash{}",
        }.get(m[0], "\\" + m[0]),
        text,
    )
