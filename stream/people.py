"""Words that name people, one or many: what a number must count to be a figure of a signal."""

_GENERIC = """
person/people persons/persons man/men woman/women child/children boy/boys girl/girls baby/babies infant/infants
toddler/toddlers teenager/teenagers teen/teens youth/youths adult/adults minor/minors kid/kids
schoolchild/schoolchildren schoolgirl/schoolgirls schoolboy/schoolboys pupil/pupils student/students
individual/individuals human/humans civilian/civilians resident/residents villager/villagers citizen/citizens
inhabitant/inhabitants local/locals national/nationals foreigner/foreigners bystander/bystanders
pedestrian/pedestrians passenger/passengers victim/victims casualty/casualties fatality/fatalities survivor/survivors
martyr/martyrs body/bodies corpse/corpses patient/patients worshipper/worshippers worshiper/worshipers
mourner/mourners pilgrim/pilgrims guest/guests shopper/shoppers tourist/tourists visitor/visitors hostage/hostages
prisoner/prisoners detainee/detainees inmate/inmates captive/captives farmer/farmers herder/herders herdsman/herdsmen
shepherd/shepherds fisherman/fishermen worker/workers labourer/labourers laborer/laborers employee/employees
staff/staff volunteer/volunteers miner/miners engineer/engineers teacher/teachers schoolteacher/schoolteachers
lecturer/lecturers academic/academics scientist/scientists shopkeeper/shopkeepers trader/traders
aid-worker/aid-workers ambulanceman/ambulancemen porter/porters refueller/refuellers preacher/preachers doctor/doctors
nurse/nurses paramedic/paramedics medic/medics rescuer/rescuers firefighter/firefighters journalist/journalists
reporter/reporters photographer/photographers cameraman/cameramen activist/activists protester/protesters
protestor/protestors demonstrator/demonstrators driver/drivers tribesman/tribesmen elder/elders cleric/clerics
imam/imams priest/priests nun/nuns monk/monks official/officials diplomat/diplomats politician/politicians
lawmaker/lawmakers mayor/mayors judge/judges lawyer/lawyers contractor/contractors peacekeeper/peacekeepers
observer/observers settler/settlers migrant/migrants refugee/refugees evacuee/evacuees returnee/returnees idp/idps
displaced/displaced homeless/homeless mother/mothers father/fathers son/sons daughter/daughters brother/brothers
sister/sisters grandmother/grandmothers grandfather/grandfathers grandchild/grandchildren parent/parents wife/wives
husband/husbands sibling/siblings cousin/cousins uncle/uncles aunt/aunts nephew/nephews niece/nieces
relative/relatives widow/widows orphan/orphans bride/brides baby/babies twin/twins newborn/newborns
neighbour/neighbours neighbor/neighbors other/others member/members breadwinner/breadwinners soul/souls
evacuee/evacuees newcomer/newcomers midwife/midwives bodyguard/bodyguards businessman/businessmen caretaker/caretakers
mechanic/mechanics rider/riders motorcyclist/motorcyclists cyclist/cyclists watchman/watchmen cook/cooks baker/bakers
"""
_ARMED = """
soldier/soldiers troop/troops fighter/fighters militant/militants rebel/rebels insurgent/insurgents terrorist/terrorists
gunman/gunmen policeman/policemen policewoman/policewomen officer/officers guard/guards commander/commanders
general/generals colonel/colonels leader/leaders chief/chiefs operative/operatives jihadist/jihadists jihadi/jihadis
islamist/islamists extremist/extremists loyalist/loyalists separatist/separatists guerrilla/guerrillas
guerilla/guerillas combatant/combatants militiaman/militiamen militia/militiamen mercenary/mercenaries
serviceman/servicemen servicewoman/servicewomen airman/airmen marine/marines sailor/sailors pilot/pilots crew/crew
cadet/cadets conscript/conscripts recruit/recruits trooper/troopers paratrooper/paratroopers warrior/warriors
bomber/bombers attacker/attackers assailant/assailants sniper/snipers suspect/suspects bandit/bandits
ranger/rangers cop/cops constable/constables interpreter/interpreters translator/translators
adviser/advisers advisor/advisors instructor/instructors
personnel/personnel military/militaries taliban/taliban talib/talibs shabaab/shabaab
"""
_PEOPLES = """
rohingya hazara hazaras yazidi yazidis kurd kurds arab arabs turk turks turkmen uzbek uzbeks tajik tajiks pashtun
pashtuns tutsi tutsis hutu hutus dinka nuer masalit fur zaghawa tigrayan tigrayans amhara oromo oromos serb serbs croat
croats bosniak bosniaks thai lao vietnamese chinese japanese burmese lebanese sudanese sinhalese congolese chadian
beninese togolese senegalese nepalese maltese portuguese afghan afghans pole poles swiss dutch french british english
irish americans iraqi iraqis israeli israelis pakistani pakistanis bangladeshi bangladeshis yemeni yemenis somali
somalis saudi saudis emirati emiratis kuwaiti kuwaitis qatari qataris omani omanis bahraini bahrainis azeri azeris
azerbaijani azerbaijanis kyrgyz kazakh kazakhs uighur uighurs uyghur uyghurs tamil tamils karen kachin shan chin
christian christians muslim muslims jew jews hindu hindus sikh sikhs shia shiite shiites sunni sunnis copt copts
alawite alawites druze filipino filipinos papuan papuans dane danes swede swedes finn finns scot scots spaniard
spaniards greek greeks czech czechs slovak slovaks slovene slovenes houthi houthis peshmerga
"""
_SINGULAR: dict[str, str] = {}
_PLURAL: set[str] = set()
for _pair in (_GENERIC + _ARMED).split():
    _one, _many = _pair.split("/")
    _SINGULAR[_one] = _many
    _PLURAL.add(_many)
HOUSEHOLDS = frozenset({"family", "families", "household", "households"})
PEOPLES = frozenset(_PEOPLES.split())
_NO_ONE = {"displaced", "homeless", "human", "staff", "military", "taliban", "shabaab", "personnel"}
SINGULARS = frozenset(_SINGULAR) - _NO_ONE
PLURALS = frozenset(_PLURAL)
GENERIC_PLURALS = frozenset({"people", "persons", "others", "casualties", "fatalities", "victims", "bodies"})


def names_people(word: str) -> bool:
    """Is this the name of people: a common noun, a people, or a nation's plural ("Syrians", "Gazans")?"""
    small = word.lower()
    if small in _SINGULAR or small in PLURALS or small in PEOPLES:
        return True
    return word[:1].isupper() and len(word) > 4 and small.endswith(("ians", "eans", "ans", "ese", "ites", "ists"))
