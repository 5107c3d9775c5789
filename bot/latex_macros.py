"""What LaTeX macros read as: symbols from pylatexenc's table, and what that leaves open or reads otherwise."""

from functools import cache

from pylatexenc.latex2text import get_default_latex_context_db

# What the argument is, is what is read.
WRAPPERS = frozenset(
    {
        "boldsymbol",
        "bm",
        "emph",
        "ensuremath",
        "hbox",
        "mathbf",
        "mathbin",
        "mathcal",
        "mathfrak",
        "mathit",
        "mathop",
        "mathrel",
        "mathrm",
        "mathscr",
        "mathsf",
        "mathtt",
        "mbox",
        "operatorname",
        "operatorname*",
        "path",
        "text",
        "textbf",
        "textit",
        "textmd",
        "textnormal",
        "textrm",
        "textsc",
        "textsf",
        "textsl",
        "texttt",
        "textup",
        "uline",
        "underline",
        "underbrace",
        "overbrace",
        "url",
    }
)
TEXT_WRAPPERS = frozenset(name for name in WRAPPERS if name.startswith("text")) | {"mbox", "hbox", "url", "path"}
SWITCHES = frozenset(
    {
        "bf",
        "bfseries",
        "cal",
        "displaystyle",
        "em",
        "footnotesize",
        "it",
        "itshape",
        "large",
        "Large",
        "limits",
        "mit",
        "nolimits",
        "normalfont",
        "normalsize",
        "rm",
        "rmfamily",
        "sc",
        "scriptstyle",
        "scshape",
        "sf",
        "sffamily",
        "sl",
        "slshape",
        "small",
        "textstyle",
        "tiny",
        "tt",
        "ttfamily",
    }
)
DELIMITER_SIZES = frozenset(
    {
        "left",
        "right",
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
    }
)
CITATIONS = frozenset(
    {
        "cite",
        "citep",
        "citet",
        "citealp",
        "autocite",
        "parencite",
        "textcite",
        "ref",
        "eqref",
        "cref",
        "Cref",
        "autoref",
    }
)
NOTHING = frozenset(
    {"xspace", "noindent", "centering", "protect", "allowbreak", "linebreak", "newline", "displaylimits", "nonumber"}
)

# Accents: macro → combining character.
SIGN_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    '"': "\u0308",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
}
LETTER_ACCENTS = {
    "v": "\u030c",
    "c": "\u0327",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
MATH_ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0304",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
}
# Letters of their own; TeX swallows the blank after them: S\o ren.
LETTERS = {
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "dj": "đ",
    "DJ": "Đ",
    "i": "ı",
    "j": "ȷ",
}
DOUBLE_STRUCK = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
ESCAPED = frozenset("%&#_${}")

RAISED = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
# A raised text that reads well on the line: k-th, primes, stars.
RAISED_AS_IS = {"th": "th", "st": "st", "nd": "nd", "rd": "rd", "'": "'", "''": "''", "*": "*", "∗": "*", "⋆": "*"} | {
    "†": "†",
    "‡": "‡",
    "∘": "°",
    "°": "°",
    "\u2032": "'",
}

GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "omicron": "ο",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
}

_OWN_SYMBOLS = {
    "S": "§",
    "P": "¶",
    "deg": "deg",
    "degree": "°",
    "ne": "≠",
    "copyright": "©",
    "epsilon": "ϵ",
    "langle": "⟨",
    "rangle": "⟩",
    "lbrace": "{",
    "rbrace": "}",
    "lvert": "|",
    "rvert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "Vert": "‖",
    "mid": "|",
    "quad": " ",
    "qquad": " ",
    "ast": "*",
    "sim": "~",
    "colon": ":",
    "implies": "⇒",
    "iff": "⇔",
    "lceil": "⌈",
    "rceil": "⌉",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "backslash": "\\",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textquotesingle": "'",
    "item": "•",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textless": "<",
    "textgreater": ">",
}


@cache
def symbols() -> dict[str, str]:
    """Return macro name → what it reads as, for macros without arguments."""
    table = {}
    for spec in get_default_latex_context_db().iter_macro_specs():
        name, reading = spec.macroname, spec.simplify_repl
        if isinstance(reading, str) and reading.strip() and "%" not in reading and name.isalpha():
            table[name] = reading.strip()
    return table | _OWN_SYMBOLS
