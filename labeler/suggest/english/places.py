"""Places, peoples and events in English news, and the words their names begin and end with."""

from labeler.suggest.english.tables import phrases, words

EVENT_HEADS = words("""
War Wars Summit Olympics Paralympics Games Cup Championship Championships Festival Conference
Convention Forum Expo Exposition Biennale Revolution Uprising Rebellion Intifada Massacre
Genocide Holocaust Earthquake Tsunami Marathon Derby Prix Open Awards Oscars Referendum Crusade
Crusades Armistice Inquisition Pandemic Armada Olympiad Carnival Bowl Regatta
""")
EVENT_STARTS = words("Hurricane Typhoon Cyclone Operation")
DEMONYM_ENDS = ("ian", "an", "ese", "ish", "n")
"""What a place's name may go on with to name its people."""

EVENT_OF = words("Battle Siege Treaty Feast Festival Congress")
EVENTS = phrases("""
World War I, World War II, World War One, World War Two, World War 1, World War 2, First World War
Second World War, the Great War, Cold War, Vietnam War, Korean War, Gulf War, Iraq War, Civil War
Holocaust, Olympics, Winter Olympics, Summer Olympics, Olympic Games, Paralympics, World Cup
Asian Games, Commonwealth Games, Euro 2024, Super Bowl, Wimbledon, Tour de France, Grand Slam
Hajj, Umrah, Ramadan, Eid, Eid al-Fitr, Eid al-Adha, Christmas, Christmas Eve, Easter, Diwali
Hanukkah, Passover, Thanksgiving, New Year's Eve, New Year's Day, Lunar New Year, Independence Day
Victory Day, Memorial Day, Labor Day, Remembrance Day, Bastille Day, Brexit, Arab Spring
Black Friday, Great Depression, Oktoberfest, Eurovision, Eurovision Song Contest, D-Day
""")

LOC_HEADS = words("""
River Sea Ocean Mountains Mountain Lake Bay Strait Straits Peninsula Desert Gulf Canal Coast Valley
Island Islands Isles Archipelago Glacier Volcano Forest Basin Delta Falls Reef Cape Plateau Hills
Heights Steppe Channel Pass Shelf
""")
LOC_STARTS = words("Mount Lake Cape")
LOC_OF = words("Gulf Strait Sea Bay Isle Cape Horn")
LOCS = phrases("""
Africa, Asia, Europe, North America, South America, Latin America, Central America, Antarctica
Oceania, Central Asia, South Asia, Southeast Asia, East Asia, Asia-Pacific, Indo-Pacific, Eurasia
Middle East, South East Asia, South-East Asia, North Atlantic, South Atlantic, North Pacific
South Pacific, Near East, Far East, the Balkans, Balkans, Scandinavia, Eastern Europe
Western Europe, Central Europe, Caucasus, Caribbean, Sahel, Sahara, Maghreb, Horn of Africa
Arctic, Atlantic, Pacific, Mediterranean, Baltic, Himalayas, Alps, Andes, Pyrenees, Rockies
Amazon, Nile, Danube, Rhine, Thames, Mississippi River, Ganges, Mekong, Everest, Siberia
Patagonia, Donbas, Donbass, Persian Gulf, Black Sea, Red Sea, South China Sea, East China Sea
Suez Canal, Panama Canal, West Bank, Golan Heights, Kilimanjaro, Silicon Valley, Far North
Midwest, Mars, Korean Peninsula, Western Hemisphere, Bosphorus, Dnipro, Volga, Balkan Peninsula
Sinai
""")
GPE_HEADS = words(
    "Province County District Prefecture Oblast Municipality Governorate Township City"
)
FAC_HEADS = words("""
Airport Bridge Stadium Street Avenue Square Road Boulevard Tower Palace Castle Cathedral Mosque
Temple Station Arena Highway Tunnel Dam Harbour Harbor Port Terminal Plaza Park Prison Monument
Memorial Gate Wall Lane Hotel Hall
""")

PLACES = phrases("""
England, Scotland, Wales, Northern Ireland, Britain, Great Britain, UK, U.K., US, U.S., USA
U.S.A., United States of America, America, UAE, North Korea, South Korea, DPRK, Russia
Soviet Union, USSR, Yugoslavia, Czechoslovakia, East Germany, West Germany, Czech Republic, Burma
Swaziland, Ivory Coast, Macedonia, Congo, DR Congo, Democratic Republic of the Congo
Republic of the Congo, Democratic Republic of Congo, East Timor, Holland, Vatican, the Vatican
Palestine, Gaza, Gaza Strip, Hong Kong, Macau, Tibet, Xinjiang, Inner Mongolia, Crimea, Kosovo
Chechnya, Dagestan, Transnistria, Abkhazia, South Ossetia, Nagorno-Karabakh, Kurdistan, Kashmir
Punjab, Sindh, Balochistan, Khyber Pakhtunkhwa, Somaliland, Puntland, Darfur, Tigray, Zanzibar
Bosnia, Turkey, Trinidad and Tobago, Antigua and Barbuda, Bosnia and Herzegovina
São Tomé and Príncipe, Saint Kitts and Nevis, Saint Lucia, Myanmar, Cape Verde, Türkiye, Ukraine
Republic of Ireland, Republic of Korea, People's Republic of China, Islamic Republic of Iran
Kingdom of Saudi Arabia, Ontario, Quebec, Québec, British Columbia, Alberta, Manitoba
Saskatchewan, Nova Scotia, New Brunswick, Newfoundland, Yukon, Nunavut, New South Wales
Queensland, Tasmania, Victoria, Western Australia, South Australia, Northern Territory, Bavaria
Saxony, Hesse, Brandenburg, North Rhine-Westphalia, Lower Saxony, Baden-Württemberg, Catalonia
Andalusia, Basque Country, Galicia, Lombardy, Tuscany, Sicily, Sardinia, Corsica, Brittany
Normandy, Provence, Flanders, Wallonia, Guangdong, Sichuan, Hubei, Hunan, Henan, Hebei, Shandong
Shanxi, Shaanxi, Yunnan, Fujian, Zhejiang, Jiangsu, Gansu, Hainan, Liaoning, Uttar Pradesh
Madhya Pradesh, Andhra Pradesh, Maharashtra, Gujarat, Kerala, Karnataka, Tamil Nadu, West Bengal
Assam, Bihar, Rajasthan, Haryana, Odisha, Telangana, Jharkhand, Manipur, Uttarakhand, Donetsk
Luhansk, Kharkiv, Kherson, Zaporizhzhia, Mariupol, Kyiv, Kiev, Odesa, Odessa, Lviv, Bucha, Kursk
Belgorod, Bakhmut, Hiroshima, Nagasaki, Fukushima, Okinawa, Hokkaido, Pyongyang, Panmunjom
Kaesong, Yan'an, Jeju, Frankfurt, Zurich, Basel, Krakow, Izmir, Basra, Sana'a, Kandahar, Bangalore
Urumqi, Lhasa, Montreal, Quebec City, Lille, Hanover, Ghent, Eindhoven, Cannes, Portsmouth
Aberdeen, Dundee, Inverness, Galway, Limerick, Guernsey, Netanya, Florence, Cork, Holy See
Northern Cyprus, Gambia, Bahamas, St. Petersburg, St. Paul, St. Louis, Washington DC
Washington D.C., Washington, New York, New York City, Manhattan, Brooklyn, Queens, Hollywood
Westminster, Brussels, Strasbourg, Geneva, Davos, The Hague, Cologne, Bombay, Calcutta, Madras
Saigon, Peking, Rangoon, Seville, Venice, Pisa, Salzburg, Bern, Lucerne, Luxembourg City, Kent
Essex, Surrey, Yorkshire, Cornwall, Devon, Lancashire, Cambridge, Oxford, Jerusalem
East Jerusalem, Tel Aviv, Ramallah, Rafah, Khan Younis, Khan Yunis, Gaza City, Jenin, Nablus
Mecca, Medina, Hebron, Bethlehem, Haifa, Idlib, Raqqa, Kobani, Homs, Mosul, Fallujah, Tikrit
Kirkuk, Erbil, Guantanamo Bay, Greenland, Bermuda, Guam, Bali, Java, Sumatra, Borneo, Mindanao
Luzon, Timor
""")

STATES = words("""
Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md. Mass. Mich. Minn. Miss.
Mo. Mont. Neb. Nev. N.H. N.J. N.M. N.Y. N.C. N.D. Okla. Ore. Pa. R.I. S.C. S.D. Tenn. Vt. Va. Wash.
W.Va. Wis. Wyo.
""")
"""States of the United States as American papers shorten them, after a town and a comma."""

DEMONYMS = words("""
Afghan Albanian Algerian Andorran Angolan Argentine Argentinian Armenian Australian Austrian
Azerbaijani Azeri Bahraini Bangladeshi Barbadian Belarusian Belarussian Belgian Belizean Beninese
Bhutanese Bolivian Bosnian Brazilian British Briton Bruneian Bulgarian Burmese Burundian Cambodian
Cameroonian Canadian Chadian Chilean Chinese Colombian Congolese Croat Croatian Cuban Cypriot Czech
Dane Danish Dominican Dutch Ecuadorean Ecuadorian Egyptian Emirati English Englishman Eritrean
Estonian Ethiopian Fijian Filipino Finn Finnish French Frenchman Gabonese Gambian Georgian German
Ghanaian Greek Greenlandic Guatemalan Guinean Guyanese Haitian Honduran Hungarian Icelandic Indian
Indonesian Iranian Iraqi Irish Irishman Israeli Italian Ivorian Jamaican Japanese Jordanian Kazakh
Kenyan Korean Kosovar Kurd Kurdish Kuwaiti Kyrgyz Lao Laotian Latvian Lebanese Liberian Libyan
Lithuanian Luxembourgish Macedonian Malagasy Malawian Malaysian Maldivian Malian Maltese Mauritian
Mexican Moldovan Mongolian Montenegrin Moroccan Mozambican Namibian Nepalese Nepali Nicaraguan
Nigerian Nigerien Norwegian Omani Pakistani Palestinian Panamanian Paraguayan Peruvian Philippine
Pole Polish Portuguese Qatari Romanian Russian Rwandan Salvadoran Samoan Saudi Scot Scottish
Senegalese Serb Serbian Singaporean Slovak Slovakian Slovene Slovenian Somali Soviet Spaniard
Spanish Sudanese Surinamese Swede Swedish Swiss Syrian Taiwanese Tajik Tanzanian Thai Tibetan
Tongan Tunisian Turk Turkish Turkmen Ugandan Ukrainian Uruguayan Uyghur Uighur Uzbek Venezuelan
Vietnamese Welsh Welshman Yemeni Zambian Zimbabwean American European African Asian Arab Persian
Chechen Tatar Catalan Basque Sicilian Bavarian Flemish Balkan Scandinavian Nordic Baltic Slavic
Latino Hispanic Anglo-Saxon Caribbean Berber Bedouin Roma Rohingya Tamil Sinhalese Pashtun Punjabi
Bengali Kashmiri Tutsi Hutu Zulu Yoruba Hausa Igbo Maori Māori Inuit Crimean Californian Texan
Londoner Parisian Muscovite Berliner Jew Jewish Muslim Islamic Islamist Catholic Protestant
Anglican Orthodox Hindu Buddhist Sikh Sunni Shia Shiite Alawite Druze Evangelical Mormon Quaker
Republican Democrat Icelander Greenlander Communist Marxist Leninist Maoist Nazi Zionist Houthi
""")
"""Nationalities, peoples, religious and political groups as adjectives or for one member."""

DEMONYM_PHRASES = phrases("""
Greens, Conservatives, Tories, Liberals, Socialists, Social Democrats, Christian Democrats
Liberal Democrat, North Korean, South Korean, South African, Sri Lankan, New Zealander
Saudi Arabian, Sierra Leonean, Costa Rican, Puerto Rican, Hong Konger, Central African
Equatorial Guinean, Papua New Guinean, South Sudanese, East Timorese, Burkinabè, North American
South American, Latin American, African American, African-American, Asian American
Native American, Aboriginal, North Koreans, South Koreans, South Africans, Sri Lankans
New Zealanders, Hong Kongers, Latin Americans, African Americans, African-Americans
Asian Americans, Native Americans
""")
