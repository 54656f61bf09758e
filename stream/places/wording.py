"""Words that say what a place is, where it lies, and what is done there."""

from stream.vocabulary import word_set

ADMIN_WORDS = word_set(
    """
    province provinces governorate governorates district districts region regions county counties state states oblast
    oblasts raion department departments prefecture prefectures division agency republic territory zone regency
    """
)
REGION_WORDS = ADMIN_WORDS | word_set(
    """
    subdistrict municipality valley valleys mountains mountain hills peninsula countryside suburbs suburb outskirts area
    areas desert plain plains island islands basin delta enclave pocket voivodeship canton corridor gorge woreda steppe
    plateau triangle highlands coast reserve forest
    """
)
SITE_WORDS = word_set(
    """
    camp camps airport airfield airbase base crossing checkpoint hospital dam bridge refinery port harbour harbor prison
    barracks volcano gate terminal airstrip oilfield monastery mosque market university roundabout junction
    """
)
TOWN_WORDS = word_set(
    "city cities town towns village villages neighbourhood neighbourhoods neighborhood neighborhoods quarter quarters"
    " hamlet hamlets settlement settlements kibbutz township"
)
NATURES = REGION_WORDS | SITE_WORDS | TOWN_WORDS
"""Whatever a place can be."""
BETWEEN = word_set("training refugee displacement idp border international cargo military air oil tribal mountain")
"""Words between a name and what it is: "Rafah refugee camp"."""
OF_ANOTHER = word_set("province state region town city village port island republic provinces towns cities villages")
"""After a name and before "of" these words say what the next name is: "the Gaza Strip town of Rafah"."""
NAMED_ON = BETWEEN | word_set(
    """
    hospital on monday tuesday wednesday thursday friday saturday sunday zoo strait sea bay gulf river lake road street
    avenue square heights cathedral railway station museum stadium medical general national central nuclear old new
    highway crossing
    """
)
"""Capital words that may follow a place's name and make it no person's."""
POINTS = word_set(
    """
    north south east west northern southern eastern western central upper lower rural greater outer inner far extreme
    northeast northwest southeast southwest northeastern northwestern southeastern southwestern coastal mountainous
    peninsular mainland continental
    """
)
HOLDERS = word_set("held occupied besieged downtown opposition rebel government regime")
"""In "rebel-held northern Homs": no part of the region's name."""
PARTICLES = word_set("al el ez az as ash ad an ar at es ed er de del la le les los las do da dos das di bin ibn ul ya")
WHERE = word_set("in at near nearby around outside inside within")
WHITHER = word_set("from to into toward towards on onto over across through throughout against off along beyond")
DONE_TO = word_set(
    """
    leave left leaving hit hits hitting struck strike strikes striking bomb bombs bombed bombing bombard bombarded
    bombarding pound pounds pounded pounding shell shells shelled target targets targeted targeting attack attacks
    attacked attacking raid raids raided rock rocks rocked flee flees fled fleeing enter enters entered reached reach
    evacuate evacuated evacuates besiege besieged captured capture captures seize seized seizes retake retook take takes
    took via past behind under above
    """
)
LOCATIVE = WHERE | WHITHER | DONE_TO
"""Cues after which a name is where something happens."""
OTHER_CUES = word_set("of between by with and or including as like for than capital")
