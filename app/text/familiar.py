"""How much of a text is what people write: short comments in wrong encodings look like no language.

Statistics need long texts, and source files hold a word or two beyond ASCII. What tells an
encoding there are the letters themselves: é is common and ŕ is not, a small letter follows a
capital and not the other way round, Japanese without kana is rare. Pure.
"""

# ruff: noqa: RUF001 - the letters of many alphabets are what this is about

from __future__ import annotations

import re
import unicodedata

_SURE = 1.25
_COMMON = 1.0
_USUAL = 0.8
_POSSIBLE = 0.5
_RARE = 0.15
_NEVER = -1.0

_LATIN = "éèàçêâîôûëïœäöüßñáíóúåøæìòùÉÀÇÄÖÜÑÁÍÓÚÅØÈÊ"
_LATIN_OFTEN = "ğışİăčřšžąćęłńśźżŁŚŻŹĆŠČŽŘŞĄĘ"
_LATIN_ELSEWHERE = "ďěňťůőűșțţāēģīķļņūėįųĎŇŃĚŤŮãõð"
_CYRILLIC = "оеаинтсрвлкмдпу"
_CYRILLIC_ELSEWHERE = "ыьзбгяйчхжюшцщэфёіїєґ"
_GREEK = "αοιετσνηυρπκμλςάέίόύήώ"
_SIGNS = "\u00a0“”‘’–—…€•°§©®«»·¿¡×±²³µ„№£½"
_WIDE_SIGNS = "、。，「」！？：；（）《》【】・ー～“”‘’…—　"
_LINES = "─│┌┐└┘├┤┬┴┼═║╔╗╚╝█░▒▓"
_HANZI = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
    "发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本"
    "前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很"
    "最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度"
    "门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电"
    "数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马"
    "科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万"
    "取拉格望觉术领共确传师观清今切院让识候带导争运测试函返串检查读写输默认错误配置注释变量数组循"
    "环字符类型参数值键列表文件路径打印添初始始化转换编码界世"
)
_HANZI_OLD = (
    "這個們來為國時說會對過發後裡種經學現當沒動還進樣開實軍無與長機關點業兩間問應戰頭體見產話給"
    "門東聲員論處義幾認條氣題變總電數報結務場計區隊決馬書聽達強難權設類據邊張該規萬覺術領傳師觀"
    "測試函迴傳參檔案預設錯誤請輸選擇資料寫讀轉換編碼繁檢驗訊息"
)
_KANJI = (
    "日本語時間人年大出中学生国会社事者名前後分行作用法文字列数値関処理実表示変更設定入力型新開始"
    "終了読込書取得追加削除確認初期化場合方必要使手見何今回一二三四五対象全部内容情報計算戻合計"
)
_HANGUL = (
    "이다는을를의에가은로고하지한서기자사리도어해시인그대나정일들수라만게있여스부보으요것니면안주"
    "전아제장구과동상우조성생원위유내모오경소미용트세문화무식번연히네선입력출테값반환함변문열체크"
    "추가삭제확인주석한글안녕하세요설명코드파일이름때저같합년월업러않없와간국음드"
)
_HAN = frozenset(_HANZI + _HANZI_OLD + _KANJI)
_KNOWN = {
    **dict.fromkeys(_CYRILLIC_ELSEWHERE + _LATIN_ELSEWHERE, _USUAL),
    **dict.fromkeys(_LATIN_OFTEN, 0.9),
    **dict.fromkeys("ýÝđþ", 0.7),
    "ţ": 0.85,
    "œ": 0.7,
    "È": 0.6,
    "ã": 0.95,
    "õ": 0.85,
    **dict.fromkeys(_LATIN + _CYRILLIC + _GREEK + _HANGUL, _COMMON),
    **dict.fromkeys(_LINES, _POSSIBLE),
    **dict.fromkeys(_SIGNS + _WIDE_SIGNS, _USUAL),
    **dict.fromkeys(_HAN, _COMMON),
}
_ALPHABETS = ("CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI")
_SPACED = ("LATIN", *_ALPHABETS)


# Letters that code lists one after another, as in "[a-zäöüß]": no language has such words, so
# nothing else tells them.
_LISTS = (
    "äöü åäö æøå äöüß ßäöü åäöé áéíóúüñ áéíóúñü ñáéíóúü àèìòù àèéìòù àâäæçéèêëîïôœùûüÿ"
    " àâçéèêëîïôûùü àâäéèêëïîôöùûüÿç ãõáéíóúâêôç ąćęłńóśźż áčďéěíňóřšťúůýž"
    " ěščřžýáíéúů çğıöşü çğöşü ğüşıöç ąčęėįšųūž āčēģīķļņšūž áéíóöőúüű ăâîșț"
)
_LISTED = frozenset(_LISTS.split())
# What each language of Latin letters has beyond ASCII; a text that mixes them is rare.
_LETTERS = (
    "äöüß àâæçéèêëîïôœùûüÿ áéíóúüñºª àáâãçéêíóôõúü àèéìíîòóù æøåéèêóòâô åäöéüà ąćęłńóśźż"
    " áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű çğıöşüâîû ăâîșțşţ čćžšđ āčēģīķļņšūž"
    " ąčęėįšųūž äöõüšž áðéíóúýþæö àçéèíïòóúü áéíóúý"
)
_LANGUAGES = tuple(map(frozenset, _LETTERS.split()))
_MIXED = 0.2
"""How much less familiar a text is that no single language has the letters for."""
_LEAST_LISTED = 4
"""Letters of a part of a list: fewer might be a word in another alphabet."""

_FIRST_WIDE = 0x2E80  # two bytes or more in the encodings of East Asia
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")
_CYRILLIC_VOWELS = re.compile("[аеёийоуыэюяіїє]", re.IGNORECASE)


def familiarity(text: str) -> float:
    """Return how familiar the characters beyond ASCII are, on average over bytes: from -1 to 1.

    Lists of letters are more than 1. 1 where there are none.
    """
    total, count = 0.0, 0
    for word in _WORD.finditer(text):
        if word[0].isascii():
            continue
        if listed := _listed(word[0]):
            total, count = total + _SURE * listed, count + listed
            continue
        before = text[word.start() - 1] if word.start() else " "
        after = text[word.end() : word.end() + 1]
        is_stuck = before.isalnum() or (len(word[0]) == 1 and after.isalnum())
        is_within = before.isalpha() and after.isalpha()
        sounds = _sound(word[0])
        for place, sign in enumerate(word[0]):
            if not sign.isascii():
                size = 2 if ord(sign) >= _FIRST_WIDE else 1
                total += (
                    size
                    * sounds
                    * _weight(
                        sign, word[0], place, is_stuck=is_within if _is_sign(sign) else is_stuck
                    )
                )
                count += size
    return total / count - _mixture(text) if count else 1.0


def _mixture(text: str) -> float:
    """Return what to take away for Latin letters of which no single language has them all."""
    letters = {sign for sign in set(text.lower()) if not sign.isascii() and sign.isalpha()}
    if not letters or any(_script(sign) != "LATIN" for sign in letters):
        return 0.0
    return 0.0 if any(letters <= language for language in _LANGUAGES) else _MIXED


def _listed(word: str) -> int:
    """Return how many letters beyond ASCII a word has where they are a list, in small or capitals.

    0 where it is none.
    """
    letters = "".join(sign for sign in word if not sign.isascii())
    small = "".join(filter(str.islower, letters))
    large = "".join(filter(str.isupper, letters))
    if letters not in (small + large, large + small):
        return 0
    lists = [part.lower() for part in (small, large) if part]
    is_listed = all(
        part in _LISTED or (len(part) >= _LEAST_LISTED and any(part in one for one in _LISTED))
        for part in lists
    )
    return len(letters) if lists and is_listed else 0


def _sound(word: str) -> float:
    """Return how well a word can be spoken, from 0 to 1; only Cyrillic ones are asked."""
    if len(word) < 2 or _script(word[0]) != "CYRILLIC":
        return 1.0
    share = len(_CYRILLIC_VOWELS.findall(word)) / len(word)
    return 0.4 if share < 0.2 else 0.7 if share < 0.3 and len(word) > 3 else 1.0


def _weight(sign: str, word: str, place: int, *, is_stuck: bool) -> float:
    category = unicodedata.category(sign)
    if category in ("Cc", "Cn", "Co", "Cs"):
        return _NEVER
    script = _script(sign)
    capital = 0.95 if len(word) > 2 and word.isupper() else _USUAL
    weight = _KNOWN.get(sign, _KNOWN.get(sign.lower(), 0.0) * capital) or _by_script(sign, script)
    if _is_sign(sign):
        return weight * (0.3 if is_stuck and sign != "’" else 1.0)
    if script not in _SPACED:
        is_alone = len(word) > 2 and sum(not other.isascii() for other in word) == 1
        return weight * (0.4 if is_alone else 1.0)  # "gr廻" for "grüß"
    return weight * _fit(sign, script, word, place) * (0.6 if is_stuck else 1.0)


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "LM"


def _fit(sign: str, script: str, word: str, place: int) -> float:
    """Return how well a letter stands in its word, from 0 to 1."""
    before, after = word[max(place - 1, 0) : place], word[place + 1 : place + 2]
    if sign.isupper() and before.islower():
        return 0.1  # "пРИВЕТ": the cases of KOI8-R and of Windows-1251 are swapped
    neighbours = before + after
    if not neighbours:
        return 0.6
    if script == "LATIN":
        if sign == "ã" and after not in ("", "o", "e"):
            return 0.6  # Portuguese has it there only
        return 1.0 if any(map(str.isascii, neighbours)) else 0.4
    if any(_script(other) != script for other in neighbours):
        return 0.2  # two alphabets within a word
    return 0.1 if sign in "ךםןףץ" and after else 1.0  # letters that only end a word


def _by_script(sign: str, script: str) -> float:
    if script in ("HIRAGANA", "KATAKANA"):
        return _COMMON
    if script == "HALFWIDTH":
        return 0.4
    if script == "CJK":
        return _common_plane(sign)
    if script == "HANGUL":
        return _POSSIBLE if _is_in(sign, "euc-kr") else _RARE
    if script in ("HEBREW", "ARABIC") and unicodedata.category(sign) == "Lo":
        return 0.93
    if script == "THAI":
        return 0.7
    return 0.3 if script in ("CYRILLIC", "GREEK") else _RARE


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _common_plane(sign: str) -> float:
    """Return how common a character of China or Japan is: standards list the common ones first."""
    for codec, first, last in (
        ("gb2312", 0xB0, 0xD7),
        ("big5", 0xA4, 0xC6),
        ("euc-jp", 0xB0, 0xCF),
    ):
        try:
            lead = sign.encode(codec)[0]
        except UnicodeError:
            continue
        if first <= lead <= last:
            return _POSSIBLE
    return _RARE


def _is_in(sign: str, codec: str) -> bool:
    try:
        sign.encode(codec)
    except UnicodeError:
        return False
    return True
