"""The trade's controlled words: what title files write, and the code of each in the code lists of ONIX 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _codes(text: str) -> Mapping[str, str]:
    """Read `CODE word` pairs, a word a code."""
    parts = text.split()
    return MappingProxyType(dict(zip(parts[1::2], parts[::2], strict=True)))


STATUSES: Final = _codes(
    "02 forthcoming 04 active 01 cancelled 03 postponed 07 out-of-print 06 out-of-stock 11 withdrawn 16 temporarily-withdrawn "
    "17 permanently-withdrawn 15 recalled 10 remaindered 08 inactive 05 no-longer-ours 13 not-sold-separately 18 not-sold-as-set "
    "09 unknown 00 unspecified"
)
"""The state of a publication, as its publisher declares it; list 64."""
OFF_SALE: Final = frozenset({"cancelled", "withdrawn"})
"""The statuses by which an edition is taken from sale."""
AUDIENCES: Final = _codes(
    "01 general 02 children 03 young-adult 06 professional 05 tertiary 04 school 11 pre-primary 12 primary 13 lower-secondary "
    "14 upper-secondary 08 adult-education 07 english-teaching 09 language-teaching"
)
"""Whom a book is for; list 28."""
EDITION_TYPES: Final = _codes(
    "ABR abridged ACT acting ADP adapted ALT alternate ANN annotated AVS anniversary BLL bilingual BLP bilingual-facing-page BRL braille "
    "BUD budget CMB combined-volume CRI critical CSP coursepack DGO digital-original ENH enhanced ENL enlarged ETR easy-to-read "
    "EXP expurgated FAC facsimile FST festschrift HRE high-readability ILL illustrated INT international LTE large-print MCP microprint "
    "MDT media-tie-in MLL multilingual NED new NUM numbered-copies PBO paperback-original PRB prebound REV revised SCH school SIG signed "
    "SMP simplified SPE special STU student TCH teacher UBR unabridged ULP ultra-large-print UNN unnumbered-copies UXP unexpurgated "
    "VAR variorum VOR readaloud"
)
"""What is particular about an edition; list 21."""
PROTECTIONS: Final = _codes("00 none 02 watermark 01 drm 03 adobe-drm 04 apple-drm 06 lcp")
"""How a file is kept from being passed on; list 144."""
CONFORMANCES: Final = _codes(
    "02 epub-a11y-1.0-a 03 epub-a11y-1.0-aa 04 epub-a11y-1.1 05 pdf-ua-1 06 pdf-ua-2 80 wcag-2.0 81 wcag-2.1 82 wcag-2.2 84 wcag-a "
    "85 wcag-aa 86 wcag-aaa 01 lia 08 unknown 09 inaccessible"
)
"""The accessibility standards that a publication meets; list 196."""
ACCESSIBILITY_FEATURES: Final = _codes(
    "10 no-restrictions 11 table-of-contents 12 index 13 reading-order 14 alternative-text 15 long-description 16 data-as-text 17 mathml "
    "18 chemml 34 chemistry-mathml 54 chemistry-latex 35 latex 53 described-math 19 page-break-markers 41 page-navigation "
    "20 synchronized-audio-text 21 tts-markup 22 language-tagging 24 dyslexia-readability 25 color-independence 26 high-contrast-display "
    "37 ultra-high-contrast-display 27 high-contrast-audio 28 audio-description 29 structural-navigation 30 aria 31 accessible-controls "
    "32 landmarks 36 display-transformability 38 unusual-words-explained 39 accessible-supplement 40 link-purpose 51 audio-only "
    "52 readable-without-sight"
)
"""What helps reading a publication without seeing or hearing it all; list 196."""
EXEMPTIONS: Final = _codes("75 micro-enterprise 76 disproportionate-burden 77 fundamental-alteration")
"""Why the European Accessibility Act need not be met; list 196."""
HAZARDS: Final = _codes(
    "00 none 13 flashing 14 no-flashing 24 unknown-flashing 17 motion-simulation 18 no-motion-simulation 26 unknown-motion-simulation "
    "15 sound 16 no-sound 25 unknown-sound"
)
"""What in a publication may harm its reader; list 143."""
UNNAMED: Final = _codes(
    "01 unknown 02 anonymous 03 et-al 04 various 05 synthesized-voice-male 06 synthesized-voice-female 07 synthesized-voice "
    "08 synthesized-voice-of-actor 09 ai"
)
"""Contributors who have no name; list 19."""
AVAILABILITIES: Final = _codes(
    "01 cancelled 09 postponed 10 not-yet-available 11 awaiting-stock 12 not-yet-available-pod 20 available 21 in-stock 22 to-order 23 pod "
    "30 temporarily-unavailable 31 out-of-stock 32 reprinting 33 awaiting-reissue 34 temporarily-withdrawn 40 not-available 41 replaced "
    "42 other-format-available 43 no-longer-supplied 44 apply-direct 45 not-sold-separately 46 withdrawn 47 remaindered 48 replaced-by-pod "
    "49 recalled 50 not-sold-as-set 51 out-of-print 52 not-sold-in-market 97 no-recent-update 98 no-more-updates 99 contact-supplier"
)
"""Whether a supplier can deliver a product; list 65."""
UNPRICED: Final = _codes(
    "01 free 02 to-be-announced 03 not-sold-separately 04 contact-supplier 05 not-sold-as-set 06 revenue-share 07 from-contents "
    "08 not-supplied"
)
"""Why a product has no price; list 57."""
TAX_LEVELS: Final = _codes("S standard R reduced H higher T super-reduced Z zero P paid-at-source")
"""Which rate of a country's tax a price has; list 62."""
PRIZE_ACHIEVEMENTS: Final = _codes("01 winner 02 runner-up 03 commended 04 shortlisted 05 longlisted 06 joint-winner 07 nominated")
"""What a book came to in a competition; list 41."""
SALES_RIGHTS: Final = _codes("01 exclusive 02 non-exclusive")
"""The publisher's rights where it sells; list 46."""
SUBJECT_SCHEMES: Final = _codes(
    "01 dewey 03 lcc 04 lcsh 06 mesh 09 udc 11 bisac_regional 12 bic 13 bic_place 14 bic_language 15 bic_period 16 bic_educational "
    "17 bic_level 23 publisher_category 25 isbn_materias 26 wgs 28 electre 29 clil 30 dnb 31 nugi 32 nur 33 ecpa 40 ndc 42 anele 53 cce "
    "61 jel 78 c_code 79 jp_genre 91 gnd 92 ukslc A5 rameau B0 eurovoc B6 fast B8 lesemotive"
)
"""Subject schemes beside BISAC and Thema, by the name that title files have for each; list 27."""
