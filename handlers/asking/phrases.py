"""The words around commands, and those that people say instead of them, as `matching.key` gives them."""


def _phrases(*written: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in written)


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


# What says nothing but that somebody is polite, and what the bot and its command are called.
_COURTESY = (
    *("please", "pls", "plz", "plse", "kindly", "thanks", "thank you", "thx", "tnx", "thnx", "ty", "cheers"),
    *("pm compare", "pmcompare"),
)
BEFORE = _phrases(
    *_COURTESY,
    *("hi", "hey", "hello", "hiya", "hi there", "hey there", "hello there", "good morning", "good afternoon"),
    *("hi all", "hey all", "hello all", "hi team", "hey team", "hello team", "hi everyone", "hello everyone"),
    *("ok", "okay", "good evening", "can you", "could you", "would you", "will you"),
)
BEHIND = _phrases(
    *_COURTESY, "thank you so much", "thank you very much", "many thanks", "thanks a lot", "thanks in advance"
)
# What may stand before a command by which something is looked at, "show me the tips": nothing is done that follows it.
IDLE = _words(
    "a about all an any can could display do for get give has have help i id im in is let like look lookup me my need "
    "of open our see show some tell the this to us view want wanna we what whats with would you your"
)

# Words that say what is wanted only together with others.
FILLERS = _words(
    "a about again all alone already also always am an and any anymore anybody anyone app are around as asap at away "
    "be been being bit can could did do does done dont doesnt each else ever every everybody everyone for forever "
    "from get gets getting go good got have having he hear hearing her here him his how i id im immediately in into "
    "is it its ive just kindly know let lets like little longer make many me more much my need never no not now of ok "
    "okay on once or our please pls plz pm compare pmcompare put read reading really receive receiving right see "
    "seeing set she should so some somebody someone somehow somewhere sure take thank thanks that thats the their "
    "them there these they thing things this those to today told too totally try turn turned turning switch switched "
    "switching thx ty us very wanna want wanted wants was way we well were what whats where who why will with would "
    "yes you your yours"
)

# --- help

HELPS = _words(
    "help helps helping assist assistance usage commands howto instructions hi hello hey heya hiya hallo hola bonjour "
    "howdy greetings yo welcome wave morning afternoon evening start started starting begin beginning intro "
    "onboarding bot folks confused stuck please pls plz kindly thanks thank thx ty cheers helpme getstarted "
    "gettingstarted setup"
)
# Together they ask how the bot is used.
HELPS_TOGETHER = tuple(
    frozenset(("how", word)) for word in ("use", "using", "used", "work", "works", "working", "function", "talk")
)
WITH_HELPS = frozenset(word for each in HELPS_TOGETHER for word in each) | {"command", "commands", "tool", "thing"}
OVERVIEWS = frozenset(
    (
        *(
            "everything",
            "all seven",
            "all of them",
            "all dimensions",
            "dimensions",
            "the dimensions",
            "overview",
            "lists",
        ),
        *("all topics", "topics", "index", "contents", "show everything", "list everything", "show me everything"),
    )
)
# What asks for the list of all dimensions: words that compare, or name what there is, among words that say little.
COMPARING = _words(
    "compare compares compared comparing comparison comparisons contrast contrasting difference differences different "
    "differ differs differing differently distinguish distinguishes vs versus traditional classic classical regular "
    "normal ordinary conventional"
)
# Around the name of one dimension they ask for its comparison, where one of them says that something differs.
DIFFERING = _words("differ differs differing different differently difference differences")
AROUND_ONE = DIFFERING | _words(
    "how do does did are is what whats the a an in for of to with between and from than vs versus ai pm pms "
    "traditional product manager managers"
)
_ROLES = _words(
    "ai pm pms product manager managers management owner owners role roles job jobs work works position one ones "
    "person ml artificial intelligence non former plain old new side sides"
)
_AROUND_LISTS = _words(
    "between than or of to from both two seven 7 main key big biggest short quick version summary summarize "
    "explain describe list show outline overview cheat sheet table which whats how much give gives make makes "
    "really actually exactly same other way ways you youve got there available cover covers covered content "
    "contents cards card pages"
)
LISTING = _words("topics topic dimensions dimension subjects areas themes overview everything contents differences")
BOTH = _words("ai pm pms")
# What asks about the bot itself: what it is, and what it sees and keeps.
ABOUT_ME = frozenset(
    (
        *("are you an ai", "are you ai", "are you a bot", "are you human", "are you a robot", "are you real"),
        *("are you a language model", "are you an llm", "are you chatgpt", "do you use ai", "is this ai"),
        *("who made you", "who built you", "who wrote you", "who runs you", "who is behind this"),
        *("what do you know about me", "what do you store", "what do you keep", "do you store data", "do you log this"),
        *("what data do you keep", "is this private", "who can see this", "do you read my messages"),
    )
)
AROUND_LISTS = _ROLES | _AROUND_LISTS | FILLERS
QUESTIONS = frozenset(
    (
        *("how does this work", "how does it work", "how do you work", "how this works"),
        *("how it works", "how does that work", "how to use", "how to use it", "how to use this", "how to use you"),
        *("how do i use this", "how do i use it", "how do i use you", "how do we use this"),
        *("how can i use this", "how can i use you", "what can you do", "what can i do", "what do you do"),
        *("what can i ask", "what can i ask you", "what can i type", "what can i say", "what else can you do"),
        *("what does this do", "what does it do", "what does this bot do", "what is this", "whats this", "what is it"),
        *("what is this bot", "what are you", "who are you", "what is pm compare", "whats pm compare", "what now"),
        *("what are the commands", "what commands are there", "which commands are there", "show commands", "menu"),
        *("define", "what is", "what are", "whats", "how", "how to do it", "what", "why"),
        *("man", "info", "ping", "about", "test", "command", "what are my options", "who is this", "are you there"),
    )
)

# --- stop

STOPS = _words(
    "stop stopped stopping unsubscribe unsubscribed unsubscribing unsub desubscribe optout mute muted silence disable "
    "deactivate halt cease off unfollow uninstall exit discontinue turnoff nomore"
)
# The same only of something, or alone: "end tips", but not "end to end", "good enough" or "cancel out".
ENDS = _words(
    "stops cancel cancels cancelled canceled cancelling canceling quit enough "
    "end ending ends remove removing delete leave kill terminate drop kick abort no nope nah quiet hush annoying"
)
# Near such words, and meant as they stand.
OTHERS = _words("subscribed reinstall cancer cancers pending terminal quite stripping cropping bending step steps")
OBJECTS = _words(
    "tip tips weekly post posts posting posted message messages messaging notification notifications reminder "
    "reminders update updates subscription subscriptions spam spamming bother bothering annoying send sends sending "
    "sent this that it these those them everything all bot you me us channel chat stuff nonsense noise yourself "
    "yourselves"
)
STOPS_TOGETHER = tuple(
    frozenset(each.split())
    for each in (
        *(
            "opt out",
            "opting out",
            "opted out",
            "this spam",
            "sign out",
            "leave alone",
            "go away",
            "shut up",
            "shut down",
            "be quiet",
            "no more",
            *("enough already", "enough now", "enough thanks", "enough please", "enough thats"),
            "no longer",
            "get rid",
        ),
        *("no tips", "no tip", "no thanks", "no thank", "not interested", "too many", "any longer", "not anymore"),
        *("dont anymore", "take out", "cut out"),
        *(f"{no} {what}" for no in ("dont", "not", "never", "no") for what in ("send", "sending", "post", "posting")),
        *(f"{no} {what}" for no in ("dont", "not", "never", "no") for what in ("spam", "bother", "want", "need")),
        *(f"{no} {what}" for no in ("dont", "not", "never", "no") for what in ("message", "messages", "posts")),
    )
)
_WITH_STOPS = _words(
    "rid quiet interested shut down cut sign opt up out personal mine own fuck hell list mailing opting opted"
)
# What comes from the bot, and what it is told about it.
MESSAGES = _words(
    "tip tips message messages post posts notification notifications reminder reminders spam stop unsubscribe more it"
)
# With `off` they name a thing, where nothing is said of messages: a cut-off.
BEFORE_OFF = _words("cut trade hand kick one pay lay spin write play")
# Behind them it is the name of a thing: an off switch.
THINGS = _phrases("switch", "button", "turn")
REFUSING = STOPS | ENDS | OBJECTS | FILLERS | _WITH_STOPS

# --- weekly tips

TIPS = _words("tip tips subscription subscriptions subscribe subscribing resubscribe")
TIPS_ON = frozenset(
    (
        *("sign up", "sign me up", "sign us up", "opt in", "turn on", "turn it on", "turn them on", "turn this on"),
        *("switch on", "switch it on", "switch them on", "enable", "activate"),
    )
)
# Why one came, or did not: words of these kinds alone, with one that asks and one that names it.
ONE_TIP = _words("tip tips dilemma")
AROUND_WHY = _words(
    "did didnt do does doesnt dont not no none never nothing has hasnt have havent had been is isnt are arent was "
    "wasnt came come comes coming arrive arrived appear appeared get got gotten getting receive received post posted "
    "sent send show up the a any our my we i us me you it here this that today yet week weeks weekly monday tuesday "
    "wednesday thursday friday channel last"
)
# Alone too: what else could be meant by it?
STEERING_ALONE = _words("pause paused resume unpause snooze unmute skip")
STEERING = STEERING_ALONE | _words(
    "pausing resuming resumed skipping keep settings setting setup edit change changing start starting enable "
    "activate schedule swap next owner owners topics topic zone hour time weekly"
)
