"""Plain facts about English that no package holds: words around names, demonyms, institutions.

Each table is a set of words split on white space, or of phrases split on commas.
"""


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(phrase for line in table.splitlines() for phrase in _split(line))


def _split(line: str) -> list[str]:
    return [phrase.strip() for phrase in line.split(",") if phrase.strip()]


# ---- people ----------------------------------------------------------------------------------

HONORIFICS = _words("""
Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof Prof. Sir Dame Lord Lady Rev Rev. Fr. Sr. Hon. Mx Mx.
Madame Monsieur Herr Frau Señor Señora Sheikh Sheikha Ayatollah Imam Rabbi Comrade
""")
"""Stand before a person's name and are not themselves a role."""

TITLES = _phrases("""
President, Vice President, Deputy President, Acting President, President-elect, Vice Chairman
Prime Minister, Deputy Prime Minister, Acting Prime Minister, Chancellor, Vice Chancellor
Vice-President, Vice-Chancellor, Vice-Chairman, Vice Premier, Vice Minister, Vice Admiral
First Minister, Deputy First Minister, Chief Minister, Premier, Taoiseach, Minister, First Lady
Foreign Minister, Deputy Foreign Minister, Defence Minister, Defense Minister, Finance Minister
Interior Minister, Justice Minister, Health Minister, Education Minister, Trade Minister
Energy Minister, Transport Minister, Environment Minister, Labour Minister, Economy Minister
Agriculture Minister, Culture Minister, Home Minister, Information Minister, Sports Minister
Foreign Secretary, Home Secretary, Defence Secretary, Defense Secretary, Health Secretary
Treasury Secretary, Education Secretary, Justice Secretary, Press Secretary, Chief Secretary
Secretary of State, Secretary of Defense, Secretary of the Treasury, Secretary, Secretary General
Secretary-General, General Secretary, Deputy Secretary, Under-Secretary, Undersecretary
Attorney General, Solicitor General, Surgeon General, Governor General, Director General
Attorney-General, Governor-General, Director-General, Chief Justice, Justice, Judge, Magistrate
Senator, Sen., Sen, Congressman, Congresswoman, Representative, Rep., Rep, Speaker, House Speaker
Governor, Gov., Gov, Lieutenant Governor, Mayor, Deputy Mayor, Lord Mayor, Councillor, Cllr., Cllr
Councilman, Councilwoman, Councilor, Alderman, Ambassador, Consul, Commissioner, Envoy
Special Envoy, Chairman, Chairwoman, Chairperson, Chair, Chief Executive, Chief Executive Officer
CEO, CFO, COO, Director, Managing Director, Executive Director, Deputy Director, Head Coach, Coach
Manager, General, Gen., Gen, Major General, Maj. Gen., Lieutenant General, Lt. Gen.
Brigadier General, Brigadier, Brig. Gen., Colonel, Col., Lieutenant Colonel, Lt. Col., Major, Maj.
Captain, Capt., Capt, Lieutenant, Lt., Lt, Sergeant, Sgt., Sgt, Corporal, Private, Pvt., Admiral
Adm., Commander, Cmdr., Inspector, Chief Inspector, Superintendent, Detective, Officer, Constable
Sheriff, Police Chief, Fire Chief, Chief of Staff, Chief of Police, Chief of Detectives, Chief
Marshal, Field Marshal, Squadron Leader, King, Queen, Prince, Princess, Crown Prince
Crown Princess, Emperor, Empress, Emir, Sultan, Duke, Duchess, Count, Countess, Baron, Baroness
Earl, Pope, Cardinal, Archbishop, Bishop, Patriarch, Father, Brother, Sister, Reverend, Pastor
Professor, Assistant Professor, Associate Professor, Doctor, Nurse, Supreme Leader, Leader
Majority Leader, Minority Leader, Opposition Leader, Prosecutor, Chief Prosecutor, Spokesman
Spokeswoman, Spokesperson
""")
"""Roles written with capitals before a name, alone or after "the"."""

ABBREVIATIONS = _words("""
Mr. Mrs. Ms. Dr. Prof. Rev. Fr. Sr. Jr. Hon. Mx. Sen. Rep. Gov. Gen. Col. Maj. Capt. Lt. Sgt. Adm.
Cmdr. Brig. Pvt. Cpl. Insp. Supt. Cllr. Amb. St. Ltd. Inc. Corp. Co. Bros.
""")
"""Words that keep their full stop; a tokenizer may have cut it off."""

HONOURS = _words("KC QC MP MEP MBE OBE CBE PhD")
"""Stand after a person's name and are no part of it."""

ROLE_STARTS = _words("""
chief prime vice deputy foreign finance interior defence defense justice health education home
head managing general executive supreme acting party police opposition club team intelligence
army navy security energy tourism culture transport environment economy agriculture labour labor
information oil
""")
"""Belong to the role that follows: chief executive, foreign minister."""

OFFICES = _words("""
president vice-president chancellor premier minister secretary senator congressman congresswoman
governor mayor councillor councilor ambassador envoy commissioner leader chief chairman chairwoman
chairperson chair head director spokesman spokeswoman spokesperson prosecutor judge general colonel
commander captain sergeant admiral inspector sheriff superintendent executive king queen prince
princess emperor sultan emir bishop archbishop cardinal pope imam rabbi premier dictator professor
""")
"""Offices and ranks in small letters that stand directly before a name: "leader Kim Jong Un"."""

ROLES = OFFICES | _words("""
lawmaker diplomat negotiator boss manager founder co-founder co-chair owner investor entrepreneur
billionaire banker economist analyst strategist official officer lawyer attorney solicitor
barrister general detective constable policeman policewoman soldier pilot astronaut cosmonaut
engineer scientist researcher lecturer historian author writer novelist poet journalist reporter
correspondent columnist editor presenter anchor broadcaster photographer blogger actor actress
comedian singer rapper musician composer conductor guitarist drummer filmmaker producer artist
painter sculptor designer architect model dancer chef coach trainer striker midfielder defender
goalkeeper winger skipper quarterback pitcher batsman bowler all-rounder forward centre-back
footballer player sprinter swimmer cyclist boxer golfer jockey driver rider champion teammate
team-mate activist campaigner dissident whistleblower priest pastor monk strongman politician
candidate nominee incumbent veteran resident farmer fisherman teacher headteacher principal
student pupil nurse doctor surgeon physician psychologist biologist physicist chemist astronomer
geologist ecologist epidemiologist virologist meteorologist climatologist oceanographer carpenter
volunteer shopkeeper businessman businesswoman tycoon magnate widow husband wife son daughter
brother sister father mother uncle aunt nephew niece cousin grandson granddaughter winner
runner-up counterpart predecessor successor deputy aide adviser advisor mediator landlady
""")
"""What people are called in small letters directly before their names: "the striker Ana Ruiz"."""

SPEECH = _words("""
said says told tells added adds wrote writes tweeted argued argues insisted warned warns explained
explains recalled recalls joked replied answered declared testified admitted denied conceded
""")
"""Verbs after which, or before which, somebody who speaks is named."""

ORG_SPEECH = _words("said says reported reports announced confirmed warned published issued")

GIVEN_NAMES = _words("""
Aaron Abdel Abdul Abdullah Abigail Abraham Adam Adrian Adriana Agnes Ahmad Ahmed Aidan Aisha Alan
Albert Alberto Alejandra Alejandro Aleksandr Alessandro Alex Alexander Alexandra Alexei Alexey
Alexis Alfonso Alfred Ali Alice Alison Allison Alma Amanda Amara Amelia Amina Amir Amit Amy Ana
Anastasia Anders Andre André Andrea Andreas Andrei Andrés Andrew Andrey Andriy Andrzej Andy Angela
Angelina Anil Anita Anja Ann Anna Anne Annette Annie Anthony Antoine Anton Antonio António Anwar
Ariel Arjun Arnold Arthur Artur Arturo Ashley Asif Astrid Audrey Aung Ayesha Aziz Barack Barbara
Barry Bashar Beatrice Beatriz Ben Benedict Benjamin Bernard Bernardo Bernie Beth Betty Beyoncé
Bill Billy Björn Bob Bobby Boris Brad Bradley Brandon Brenda Brendan Brett Brian Bridget Bruce
Bruno Bryan Caitlin Calvin Cameron Camila Carl Carla Carlo Carlos Carmen Carol Carolina Caroline
Carolyn Catherine Cathy Cecilia Cesar César Charlene Charles Charlie Chiara Chloe Chris Christa
Christina Christine Christoph Christopher Claire Clara Clare Claude Claudia Clement Clive Colin
Connor Conor Craig Cristiano Cristina Curtis Cynthia Cyril Dai Daisy Damian Damien Dan Daniel
Daniela Danielle Danny Darren Dave David Deborah Debbie Deepak Denis Dennis Derek Desmond Diana
Diane Diego Dieter Dilma Dimitri Dirk Dmitri Dmitry Dominic Dominik Dominique Don Donald Donna
Doris Dorothy Doug Douglas Duncan Dwayne Dylan Eddie Edgar Edith Eduardo Edward Edwin Eileen
Elaine Eleanor Elena Eli Elias Elijah Elisabeth Elise Eliza Elizabeth Ella Ellen Elliot Elon Elsa
Emil Emilia Emilio Emily Emma Emmanuel Enrico Enrique Eric Erica Erik Erika Erin Ernest Esther
Ethan Eugene Eva Evan Evelyn Evgeny Fatima Fatma Federico Felipe Felix Ferdinand Fernanda Fernando
Fiona Florian Francesca Francesco Francine Francis Francisco Franck Franco François Frank Franklin
Franz Fred Frederic Frederick Fredrik Friedrich Fumio Gabriel Gabriela Gareth Gary Gavin Gemma
Geoff Geoffrey Georg George Georges Gerald Gerard Gerhard Gianni Gideon Gilbert Gina Giorgia
Giorgos Giovanni Giulia Giuseppe Glen Glenn Gloria Gonzalo Gordon Graham Greg Gregory Greta Guido
Guillaume Guillermo Günter Gustavo Guy Habib Hamid Hamza Hannah Hans Harold Harriet Harry Hasan
Hassan Hazel Heather Hector Heidi Heinrich Helen Helena Helga Helmut Henri Henrik Henry Herbert
Herman Hideki Hilary Hillary Hiroshi Holly Howard Hugh Hugo Hussein Ian Ibrahim Ida Ignacio Igor
Ilham Imran Ines Inès Inga Ingrid Irene Irina Iris Isaac Isabel Isabella Isabelle Ismail Ivan
Ivana Jacinda Jack Jackie Jacob Jacqueline Jacques Jaime Jair Jake Jakob James Jamie Jan Jana Jane
Janet Janice Jared Jason Javier Jean Jeff Jeffrey Jennifer Jenny Jens Jeremy Jerome Jerry Jesse
Jessica Jill Jim Jimmy Joachim Joan Joanna Joanne João Joaquin Jochen Joe Joel Joerg Johan Johann
Johanna Johannes John Johnny Jon Jonas Jonathan Jorge Jörg José Jose Josef Joseph Josh Joshua
Josie Joyce Juan Judith Judy Julia Julian Juliana Julie Julien Juliet Julio Julius Justin Justine
Kai Kamala Karen Karim Karin Karl Karolina Kate Katherine Kathleen Kathryn Kathy Katie Katja
Katrin Kay Keir Keith Kelly Ken Kenneth Kenji Kevin Khaled Khalid Kieran Kirsten Klaus Konrad
Konstantin Kristen Kristin Kristina Kurt Kwame Kyle Lars Larry Laura Lauren Laurence Laurent
Lawrence Lea Leah Lena Leo León Leon Leonard Leonardo Leonid Leslie Lewis Liam Lidia Lillian Linda
Lindsay Linus Lionel Lisa Liz Lloyd Logan Lorenzo Lori Louis Louise Luc Luca Lucas Lucia Lucía
Lucy Ludwig Luigi Luis Luís Luisa Luiz Lukas Luke Lydia Lynn Magnus Mahmoud Malala Malcolm Manfred
Manuel Marc Marcel Marcelo Marco Marcos Marcus Margaret Margarita Maria María Mariana Marianne
Marie Marilyn Marina Mario Marion Marius Mark Marko Markus Marlene Marta Martha Martin Martina
Mary Mateo Mathias Mathieu Matteo Matthew Matthias Matti Maureen Maurice Mauricio Max Maxim
Maximilian Maya Megan Mehdi Mehmet Melanie Melissa Meryl Mette Mia Michael Michaela Michel Michele
Michelle Miguel Mikael Mike Mikhail Milan Milica Miloš Mina Miranda Miriam Mohamed Mohammad
Mohammed Mohan Moira Molly Mona Monica Monika Morgan Moses Moshe Muhammad Mustafa Nadia Nadine
Nancy Naomi Narendra Natalia Natalie Natasha Nathan Nathaniel Neil Nelson Nicholas Nick Nicola
Nicolas Nicolás Nicole Nigel Nikita Niklas Nikolai Nikos Nils Nina Noah Noor Nora Norbert Norma
Norman Olaf Oleg Oleksandr Olena Olga Oliver Olivia Olivier Omar Oscar Osama Oskar Ottavio Otto
Owen Pablo Pamela Paola Paolo Pascal Patricia Patricio Patrick Patty Paul Paula Paulo Pavel Pedro
Peggy Penelope Penny Pete Peter Petr Petra Petro Phil Philip Philipp Philippe Phillip Phyllis
Pierre Pietro Pilar Piotr Prakash Priya Rachel Rafael Rahul Raj Rajesh Ralf Ralph Ramón Ramon
Randy Rania Raphael Rashid Raúl Raul Ravi Raymond Rebecca Recep Regina Reinhard Renata Renate René
Rhys Ricardo Richard Ricky Rishi Rita Rob Robert Roberta Roberto Robin Rodrigo Rodrigue Roger
Roland Rolf Roman Ron Ronald Ronan Rosa Rosemary Ross Roy Ruben Rudolf Rudy Rupert Russell Ruth
Ryan Sabine Sadiq Saeed Salma Salman Sam Samantha Samir Samuel Sandra Sandro Sanjay Sara Sarah
Saskia Scott Sean Sebastian Sebastián Sergei Sergey Sergio Shane Shannon Sharon Shaun Sheila
Shinzo Shirley Sigmund Silvia Silvio Simon Simone Sofia Sonia Sonja Sophia Sophie Stacey Stanislav
Stanley Stefan Stefania Stefano Steffen Stella Stephanie Stephen Steve Steven Stewart Stuart Sue
Sunil Suresh Susan Susanne Suzanne Svetlana Sven Sylvia Sylvie Taiwo Tamara Tanya Tara Tariq
Tatiana Tayyip Ted Terence Teresa Terry Theo Theodore Theresa Thierry Thomas Tim Timothy Tina
Tobias Todd Tom Tomas Tomás Tomáš Tommy Tony Tracey Tracy Trevor Tyler Ulrich Ulrike Umar Ursula
Valentin Valentina Valeria Valerie Vanessa Vera Veronica Vicente Vicky Victor Viktor Vikram Vince
Vincent Vincenzo Viola Virginie Vitali Vivian Vlad Vladimir Volodymyr Walter Wanda Warren Wayne
Wendy Werner Wilhelm William Willem Wolfgang Xavier Yasmin Yasser Yevgeny Yoshihide Youssef Yulia
Yuri Yusuf Yves Yvonne Zac Zachary Zainab Zara Zeynep Zhanna Zoe Zoltán Zuzana Serena Usain Novak
Rafa Kylian Sadio Erling Ngozi Uhuru Tedros Antony Annalena Mateusz Inácio Nayib Joko Prabowo
Anutha Benny Ehud Naftali Yair Binyamin Ebrahim Masoud Hossein Reza Javad Nouri Haider Bilal
Shehbaz Nawaz Mamata Arvind Yogi Droupadi Ranil Mahinda Khaleda Tarique Ramesh Suman Chika Chinua
Wole Femi Emeka Ifeoma Ngugi Wanjiru Kofi Kwesi Abena Adwoa Sipho Thabo Nomvula Lindiwe Tendai
Amadou Mamadou Ousmane Fatou Aminata Moussa Idrissa Salif Abiola Olusegun Bola Haruto Yuki Akira
Takeshi Keiko Naoko Sanae Shigeru Taro Satoshi Mariko Ayumi Hana Sakura Hamish Niamh Kwabena Ilse
Aoife Rhodri Margery Siobhan Sinead Ciara Eoin Padraig Rory Callum Ewan Fergus Angus Alistair
Alasdair Iain Kirsty Morag Bronwyn Dafydd Gwen Idris Nia Rosario Guadalupe Consuelo Esteban Matías
Joaquín Agustín Santiago Tadeusz Jakub Katarzyna Agnieszka Małgorzata Wojciech Krzysztof Zbigniew
Jarosław Lech Bogdan Mircea Ioana Ileana Stoyan Boyko Kiril Zoran Goran Dragan Slobodan Aleksandar
Jelena Janez Borut Mirko Vesna Dubravka Ferenc László Gábor Katalin Ágnes Péter István Jiří Václav
Ladislav Miroslav Zdeněk Oksana Taras Bohdan Dmytro Vitaliy Andrii Serhiy Ihor Mykola Alexandru
Sviatlana Aliaksandr Gulnara Nursultan Kassym-Jomart Shavkat Emomali Levan Tamar Davit Nikol
Vazgen Aram Anahit Ilir Edi Albin Hashim Yannis Kyriakos Dimitris Eleni Leïla Samira Nabil Walid
Rami Ziad Fadi Marwan Yahya Fouad Najib Tarek Hany Hosni Abdelfattah Mahmud Jamal Faisal Turki
Bandar Mansour Tamim Hamad Haitham Qaboos Parvez Pervez Zia Zulfikar Benazir Maryam Bushra Ashraf
Hekmatullah Gulbuddin Manmohan Rajiv Indira Amitabh Aditya Ananya Rohan Neha Kavita Lakshmi Sushma
Nirmala Piyush Gautam Mukesh Ratan Sachin Virat Dinesh Mahela Sirimavo Corazon Benigno Leni Imelda
Susilo Megawati Retno Mahathir Thaksin Yingluck Prayut Srettha Thongloun Kenzo Hideo Toshiro
Junichiro Naoto Yukio Haruki Kazuo Akihito Naruhito Masako Shohei Ruto Raila Yoweri Kizza Félix
Joao Filipe Hakainde Emmerson Lazarus Bobi Nana Kwaku Akosua Ama Yaa Macky Lassana Blaise Alassane
Goodluck Muhammadu Atiku Obiageli Wale Tunde Yemi Folake Segun Chidi Obinna Chiamaka Zanele Siya
Naledi
""")
"""Given names common in the news that are seldom anything else at the start of a name."""

FAMILY_FIRST = _words("""
Kim Lee Park Choi Jung Jeong Kang Yoon Jang Moon Xi Li Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou
Xu Sun Ma Zhu Hu Guo Lin Gao Luo Liang Song Zheng Xie Han Tang Feng Deng Cao Peng Zeng Xiao Tian
Dong Pan Yuan Cai Jiang Yu Du Ye Wei Su Lu Ding Ren Shen Yao Hong Qin Mao Nguyen Nguyễn Tran Trần
Pham Phạm Hoang Phan Vu Dang Bui Ngo Tsai Ko Chiang Lai Hou Cho Ahn Shin Hwang Ryu Pak Ri Rhee
""")
"""East Asian family names, which stand first: Kim Jong Un, Xi Jinping."""

SURNAMES_TOO = _words("""
Jordan Israel Washington London Paris Lincoln Jackson Houston Austin Dallas Berlin Holland England
Ireland France Chad Georgia Carolina Virginia Orlando Rome Wall Lane Castle Forest Church Lake Press
Hall Temple Chambers
""")
"""Places, and words that places end in, that are family names after a given name."""

PARTICLES = _words(
    "de da di do dos del della der den des du van von bin bint ibn al el ter ten la le"
)
"""Small words inside a person's name."""

# ---- organisations ---------------------------------------------------------------------------

COMPANY_ENDS = _words("""
Inc Inc. Ltd Ltd. LLC LLP PLC Plc plc Corp Corp. Corporation Co. GmbH AG SE SA S.A. NV N.V. BV AB
ASA Oyj SpA S.p.A. Holdings Incorporated Limited Pty KGaA Bhd Tbk
""")
"""What only a company's name ends in."""

ORG_HEADS = _words("""
Company Group Bank Partners Capital Ventures Industries Enterprises Technologies Systems Motors
Airlines Airways Railways Railway Pharmaceuticals Petroleum Energy Steel Electronics Telecom
Communications Insurance Securities Entertainment Studios Records Pictures Publishing Press Research
Ministry Department Agency Authority Administration Bureau Commission Committee Council Board
Cabinet Parliament Assembly Senate Congress Bundestag Bundesbank Knesset Duma Party Union League
Alliance Coalition Association Federation Confederation Foundation Fund Trust Society Institute
Institution University College School Academy Polytechnic Laboratory Laboratories Observatory
Museum Gallery Library Hospital Clinic Orchestra Philharmonic Choir Theatre Opera Ballet Church
Court Tribunal Police Army Navy Force Forces Guard Guards Corps Brigade Regiment Battalion Command
Service Services Office Treasury Organisation Organization Secretariat Programme Initiative
Network Watch Times Tribune Gazette Herald Guardian Telegraph Chronicle Courier Observer Journal
Broadcasting Television Radio News Newspaper Magazine Newspapers Club Rovers Wanderers Athletic
Albion Hotspur Rangers Raiders Cowboys Warriors Lakers Yankees Dodgers Exchange Chamber Guild
Syndicate Cooperative Consortium Consulate Embassy Mission Pentagon Watchdog Inspectorate
Directorate Politburo Front Brotherhood Jihad Militia Cartel Constabulary Registry
Centre Center Store Stores Supermarkets
""")
"""The last word of an organisation's name of two words or more."""

ORG_STARTS = _words("""
Ministry Department University Bank Institute Bureau Office Association Federation Council
Commission Committee Court House Chamber Academy Board Organisation Organization Union Society
Confederation League Church Museum College School Centre Center Agency Party Authority Conservatory
Directorate Fund Friends Embassy Network Campaign Coalition Alliance Assembly Conference Foundation
""")
"""The first word of a name that goes on with "of" or "for": Bank of England."""

BODIES = _words("""
company firm group party club charity union association agency newspaper daily weekly magazine
broadcaster bank carrier airline retailer manufacturer operator ensemble band orchestra choir maker
start-up startup supplier developer publisher coalition militia rebels watchdog foundation
carmaker automaker chipmaker drugmaker brewer giant conglomerate house operator cooperative
""")
"""What an organisation is called beside its name: the firm Krantz, Skerry Ferries, the company."""

OWNERS = _words("People Workers Children Women Men King Queen Fishermen Seamen Miners Mary Peter")
"""Before an apostrophe in the name of an organisation: People's Army."""

ORGS = _phrases("""
UN, U.N., United Nations, EU, E.U., European Union, European Commission, European Parliament
European Council, European Central Bank, ECB, NATO, Nato, Security Council, UN Security Council
General Assembly, UN General Assembly, World Bank, IMF, International Monetary Fund, WHO
World Health Organization, World Health Organisation, WTO, World Trade Organization, UNICEF
Unicef, UNESCO, Unesco, UNHCR, UNRWA, WFP, World Food Programme, FAO, IAEA, ILO, IPCC, ICC, ICJ
International Criminal Court, International Court of Justice, Interpol, Europol, OECD, OPEC, Opec
OPEC+, ASEAN, Asean, African Union, Arab League, Commonwealth, G7, G-7, G20, G-20, BRICS, Brics
APEC, Mercosur, Red Cross, Red Crescent, Amnesty International, Human Rights Watch, Greenpeace
Oxfam, Médecins Sans Frontières, Doctors Without Borders, Save the Children
Transparency International, Reporters Without Borders, Wikileaks, WikiLeaks, FIFA, Fifa, UEFA
Uefa, IOC, WADA, NBA, NFL, MLB, NHL, FA, ATP, WTA, FIA, NCAA, Premier League, Champions League
La Liga, Bundesliga, Serie A, AFP, Agence France-Presse, AP, Associated Press, Reuters
Thomson Reuters, Bloomberg, Xinhua, TASS, Tass, RIA Novosti, Interfax, Sputnik, KCNA, Yonhap
Kyodo, ANSA, EFE, DPA, UPI, Al Jazeera, Al Arabiya, BBC, CNN, CNBC, NBC, ABC, CBS, PBS, NPR, MSNBC
Fox News, Sky News, ITV, RTÉ, NHK, CBC, CCTV, ZDF, ARD, Le Monde, Le Figaro, El País, Der Spiegel
Die Zeit, Rai, New York Times, The New York Times, Washington Post, The Washington Post
Wall Street Journal, The Wall Street Journal, Financial Times, The Economist, USA Today
Los Angeles Times, Politico, Daily Mail, Global Times, People's Daily, Haaretz, Pravda, Izvestia
Kommersant, The Hindu, CIA, FBI, NSA, DEA, FDA, EPA, FEMA, NASA, Nasa, NOAA, CDC, SEC, FCC, FTC
FAA, NTSB, IRS, ICE, TSA, Pentagon, White House, Kremlin, Capitol Hill, State Department
Justice Department, Treasury, Supreme Court, Congress, Senate, House of Representatives
House of Commons, House of Lords, Federal Reserve, Fed, Downing Street, Scotland Yard, MI5, MI6
NHS, Bank of England, FSB, GRU, KGB, Mossad, IDF, Hamas, Hezbollah, Fatah, Taliban, al-Qaeda
Al-Qaeda, al Qaeda, Islamic State, ISIS, Isis, ISIL, Boko Haram, Al-Shabaab, al-Shabaab, Houthis
PKK, Wagner, Wagner Group, Politburo, Communist Party, Workers' Party, Labour Party
Conservative Party, Republican Party, GOP, Labour, Democratic Party, Green Party
Liberal Democrats, Fianna Fáil, Fine Gael, Sinn Fein, Sinn Féin, CDU, CSU, SPD, AfD, FDP, BJP, ANC
PML-N, PPP, PTI, LDP, Likud, Fidesz, PiS, Syriza, Podemos, Google, Alphabet, Microsoft, Facebook
Meta Platforms, Twitter, YouTube, Instagram, WhatsApp, TikTok, ByteDance, Netflix, Tesla, SpaceX
OpenAI, Anthropic, Nvidia, Intel, AMD, IBM, Samsung, Sony, Toyota, Honda, Nissan, Volkswagen, BMW
Mercedes-Benz, Daimler, Renault, Stellantis, Hyundai, General Motors, General Electric, Ford Motor
Boeing, Airbus, Lockheed Martin, Rolls-Royce, Huawei, Alibaba, Tencent, Baidu, Xiaomi, Foxconn
TSMC, ExxonMobil, Exxon Mobil, Chevron, BP, TotalEnergies, Gazprom, Rosneft, Lukoil, Aramco
Saudi Aramco, Goldman Sachs, JPMorgan, JPMorgan Chase, Citigroup, Morgan Stanley, HSBC, Barclays
Deutsche Bank, UBS, Credit Suisse, BNP Paribas, Wells Fargo, BlackRock, Pfizer, Moderna
AstraZeneca, BioNTech, Novartis, Roche, GlaxoSmithKline, GSK, Merck, Johnson & Johnson, Walmart
Ikea, IKEA, Nestlé, Nestle, Unilever, Coca-Cola, PepsiCo, McDonald's, Starbucks, Nike, Adidas
Lufthansa, Ryanair, easyJet, Siemens, Bosch, BASF, Bayer, SAP, Nokia, Ericsson, Volvo, Maersk
Uber, Airbnb, PayPal, AT&T, Verizon, Vodafone, Disney, Walt Disney, Warner Bros, Harvard, Yale
MIT, Princeton University, Stanford, Caltech, Real Madrid, Barcelona FC, Manchester United
Manchester City, Chelsea, Arsenal, Liverpool FC, Tottenham Hotspur, Bayern Munich
Borussia Dortmund, Juventus, Paris Saint-Germain, PSG
""")
"""Institutions, news agencies and companies that the news names without explaining them."""

NOT_ACRONYMS = _words("""
AM PM TV CEO CFO COO GDP DNA RNA HIV AIDS COVID USB USD EUR GBP PDF FAQ OK UFO SUV VIP ATM GPS PR
HR IT AI VR AR UK US USA UAE DRC PRC USSR DPRK ROK BC AD CE BCE GMT UTC EST EDT PST PDT CET BST IST
ID II III IV VI VII VIII IX XI XII XIII XIV XV XX XXI MP MPs PM VAT ISBN URL WWW HTTP DVD CD PC
LGBT LGBTQ LGBTQI PCR CCTV NGO NGOs KM MPH KPH RIP SOS DIY PHD BA MA BSC MSC MD QC KC OBE MBE CBE
""")
"""Capitals that name no organisation."""

# ---- events and places -----------------------------------------------------------------------

EVENT_HEADS = _words("""
War Wars Summit Olympics Paralympics Games Cup Championship Championships Festival Conference
Convention Forum Expo Exposition Biennale Revolution Uprising Rebellion Intifada Massacre
Genocide Holocaust Earthquake Tsunami Marathon Derby Prix Open Awards Oscars Referendum Crusade
Crusades Armistice Inquisition Pandemic Armada Olympiad Carnival Bowl Regatta
""")
EVENT_STARTS = _words("Hurricane Typhoon Cyclone Operation")
DEMONYM_ENDS = ("ian", "an", "ese", "ish", "n")
"""What a place's name may go on with to name its people."""

EVENT_OF = _words("Battle Siege Treaty Feast Festival Congress")
EVENTS = _phrases("""
World War I, World War II, World War One, World War Two, World War 1, World War 2, First World War
Second World War, the Great War, Cold War, Vietnam War, Korean War, Gulf War, Iraq War, Civil War
Holocaust, Olympics, Winter Olympics, Summer Olympics, Olympic Games, Paralympics, World Cup
Asian Games, Commonwealth Games, Euro 2024, Super Bowl, Wimbledon, Tour de France, Grand Slam
Hajj, Umrah, Ramadan, Eid, Eid al-Fitr, Eid al-Adha, Christmas, Christmas Eve, Easter, Diwali
Hanukkah, Passover, Thanksgiving, New Year's Eve, New Year's Day, Lunar New Year, Independence Day
Victory Day, Memorial Day, Labor Day, Remembrance Day, Bastille Day, Brexit, Arab Spring
Black Friday, Great Depression, Oktoberfest, Eurovision, Eurovision Song Contest, D-Day
""")

LOC_HEADS = _words("""
River Sea Ocean Mountains Mountain Lake Bay Strait Straits Peninsula Desert Gulf Canal Coast Valley
Island Islands Isles Archipelago Glacier Volcano Forest Basin Delta Falls Reef Cape Plateau Hills
Heights Steppe Channel Pass Shelf
""")
LOC_STARTS = _words("Mount Lake Cape")
LOC_OF = _words("Gulf Strait Sea Bay Isle Cape Horn")
LOCS = _phrases("""
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
GPE_HEADS = _words(
    "Province County District Prefecture Oblast Municipality Governorate Township City"
)
FAC_HEADS = _words("""
Airport Bridge Stadium Street Avenue Square Road Boulevard Tower Palace Castle Cathedral Mosque
Temple Station Arena Highway Tunnel Dam Harbour Harbor Port Terminal Plaza Park Prison Monument
Memorial Gate Wall Lane Hotel Hall
""")

PLACES = _phrases("""
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

STATES = _words("""
Ala. Ariz. Ark. Calif. Colo. Conn. Del. Fla. Ga. Ill. Ind. Kan. Ky. La. Md. Mass. Mich. Minn. Miss.
Mo. Mont. Neb. Nev. N.H. N.J. N.M. N.Y. N.C. N.D. Okla. Ore. Pa. R.I. S.C. S.D. Tenn. Vt. Va. Wash.
W.Va. Wis. Wyo.
""")
"""States of the United States as American papers shorten them, after a town and a comma."""

DEMONYMS = _words("""
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

DEMONYM_PHRASES = _phrases("""
Greens, Conservatives, Tories, Liberals, Socialists, Social Democrats, Christian Democrats
Liberal Democrat, North Korean, South Korean, South African, Sri Lankan, New Zealander
Saudi Arabian, Sierra Leonean, Costa Rican, Puerto Rican, Hong Konger, Central African
Equatorial Guinean, Papua New Guinean, South Sudanese, East Timorese, Burkinabè, North American
South American, Latin American, African American, African-American, Asian American
Native American, Aboriginal, North Koreans, South Koreans, South Africans, Sri Lankans
New Zealanders, Hong Kongers, Latin Americans, African Americans, African-Americans
Asian Americans, Native Americans
""")

# ---- words that names are told apart by ------------------------------------------------------

STARTERS = _words("""
A About Above According Across Actually After Again Against Ago All Almost Along Already Also
Although Always Am Amid Among An And Another Any Anyone Anything Are Around As Asked At Away Back
Based Be Because Been Before Behind Being Below Between Beyond Both But By Can Cannot Could Dear
Despite Did Do Does Doing Don During Each Earlier Early Eight Either Eleven Else Especially Even
Ever Every Everyone Everything Far Few Fewer Fifty Finally First Five For Former Forty Four From
Further Get Given Go Good Great Had Half Has Have Having He Hello Hence Her Here Hers Herself Hi
Him Himself His How However Hundreds I If In Indeed Inside Instead Into Is It Its Itself Just Last
Late Later Least Less Let Like Likewise Local Long Many Maybe Me Meanwhile Might Millions More
Moreover Most Much Must My Near Nearly Neither Never Nevertheless New Next Nine No Nobody None Nor
Not Nothing Now Nowadays Of Off Officials Often On Once One Only Onto Opposite Or Other Others
Otherwise Our Out Outside Over Overall Part People Perhaps Photo Please Plus Police Previously Put
Quite Rather Read Really Recent Recently Regarding Said Same Second See Seven Several Shall She
Should Similarly Since Six Small So Some Somebody Someone Something Sometimes Soon Still Such Take
Ten Thanks That The Their Them Then There Therefore These They Third Thirty This Those Though
Thousands Three Through Throughout Thus Till To Today Together Tomorrow Too Toward Towards Twelve
Twenty Two Under Unfortunately Unless Unlike Until Up Upon Us Very Via Was Watch We Well Were What
Whatever When Whenever Where Whereas Wherever Whether Which While Who Whoever Whole Whom Whose Why
Will With Within Without Would Yes Yesterday Yet You Your Yours Young Authorities Critics Experts
Supporters Opponents Residents Witnesses Researchers Scientists Analysts Investors Protesters
Shares Stocks Oil Gold Students Women Men Children Families Government Rescuers Firefighters Once
""")
"""Words with a capital only because a sentence starts there; no name starts with them."""

NOT_NAMES = _words("""
God Internet Web Earth Moon Sun Bible Quran Koran Constitution Act Bill Law Agreement Accord Treaty
Covid Covid-19 COVID-19 Coronavirus Nobel Prize Award Medal Order Article Section Chapter Figure
Table Photo Video Image File Report Study Plan Project Budget Review Day Week Month Year Century
AM PM North South East West Northern Southern Eastern Western Central
State States Republic Kingdom Nation National International Federal Royal Public Human Rights
Foreign Interior Home Health Education Defence Defense Trade Finance Supreme High Upper Lower
Christmas Easter Ramadan Bitcoin iPhone English Latin Monday Tuesday Wednesday Thursday Friday
Saturday Sunday January February March April May June July August September October November
December Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Sept Oct. Nov. Dec.
""")
"""Words with a capital of their own that are no surname and no town."""

COMMON_CITIES = _words("""
Nice Reading Mobile Bath Split Orange Of Male Best Most Man Van Bar Bor Ho Wa Same Date Sale Deal
Mission Enterprise Independence Liberty Union Hope Temple Surprise Corona Commerce Fortune
Industry Normal Police Progress Salt Tours Tower Una Lens Essen Hamm Hagen Gap Wick March Battle
Rugby Ash Ware Eye Diss Rhyl Barry Nelson Street Wells Sandy Bury Ford Hull Preston Derby Crewe
Kent Chelsea Anna Marina Carmen Regina Victoria Leon Como Bern Buy Ali Bo Ed Po Young Love Central
Centro General Santa San Saint Bend Wuhu Handan Aba Ado Ife Jos Bursa Salem Jackson Lincoln
Madison Florence Aurora Augusta Savannah Eugene Allen Arlington Bryan Carson Clinton Cary
Carrollton Dayton Denton Garland Gilbert Grant Henderson Hayward Irving Irvine Jefferson Joliet
Lancaster Lewis Macon Norman Palmdale Paterson Pearland Plano Pomona Roswell Tyler Warren Wilson
Winston Worthington Vista Chandler Murray Antony Laval Kings Windsor Hamilton Kingston Dover Bello
Mar Mata Nova Soledad Serra Natal Campinas Vitória Franca Merlo Moreno Quilmes Pilar Tigre Bari
Prato Ravenna Reims Angers Toulon Nancy Metz Dijon Brest Caen Tema Mary Gorgan Sari Karaj Qom Sur
Hama Tire Port Bahia Mira Ann Ajax Bole Delta Edison George Gama Hassan Hayes Hub Lander Lynn
Mango Masai Metro Mitte Moro Newton Nigel Sparks Slough Pueblo Barking Worthing Sterling Fontana
Columbia Lafayette Bishop Stafford Burton Clifton Hastings Morrison Palmer Pearl Lowell Downey
Dudley Milton Bolton Sutton Elgin Rangel Rubio Ibarra Gera Newman Hampton Thornton Everett Salinas
Santos Rangpur Chester Franklin Monroe Marshall Douglas Sherman Sheridan Wilmington Spring
Bellevue Green Oak Rialto Peoria Universal Buena Ontario Weston Brandon Howard Antioch Centennial
Hialeah Fremont Waterloo Kemp Sandwell Castle Bolivar Zapata Juárez Hidalgo Morelos Obregón
Libertad Progreso Palmas Campo Cruz Cerro Colina Retiro Timon Mendip Passos Saga Soma Sakura
Yamato Fuji Kara Manas
""")
"""Towns whose name is a word or a person too: places only where the text itself says so."""
