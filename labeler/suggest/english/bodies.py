"""Organisations that English news names, and the words their names begin and end with."""

from labeler.suggest.english.tables import phrases, words

COMPANY_ENDS = words("""
Inc Inc. Ltd Ltd. LLC LLP PLC Plc plc Corp Corp. Corporation Co. GmbH AG SE SA S.A. NV N.V. BV AB
ASA Oyj SpA S.p.A. Holdings Incorporated Limited Pty KGaA Bhd Tbk
""")
"""What only a company's name ends in."""

ORG_HEADS = words("""
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
Government Opposition Centre Center Store Stores Supermarkets
""")
"""The last word of an organisation's name of two words or more."""

ORG_STARTS = words("""
Ministry Department University Bank Institute Bureau Office Association Federation Council
Commission Committee Court House Chamber Academy Board Organisation Organization Union Society
Confederation League Church Museum College School Centre Center Agency Party Authority Conservatory
Directorate Fund Friends Embassy Network Campaign Coalition Alliance Assembly Conference Foundation
""")
"""The first word of a name that goes on with "of" or "for": Bank of England."""

BODIES = words("""
company firm group party club charity union association agency newspaper daily weekly magazine
broadcaster bank carrier airline retailer manufacturer operator ensemble band orchestra choir maker
start-up startup supplier developer publisher coalition militia rebels watchdog foundation
carmaker automaker chipmaker drugmaker brewer giant conglomerate house operator cooperative
""")
"""What an organisation is called beside its name: the firm Krantz, Skerry Ferries, the company."""

OWNERS = words("People Workers Children Women Men King Queen Fishermen Seamen Miners Mary Peter")
"""Before an apostrophe in the name of an organisation: People's Army."""

ORGS = phrases("""
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
Al-Qaeda, al Qaeda, Al Qaeda, Al-Qaida, al-Qaida, Islamic State, ISIS, Isis, ISIL
Boko Haram, Al-Shabaab, al-Shabaab, Houthis
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
Islamic Jihad, Palestinian Authority, Northern Alliance, Muslim Brotherhood, Tamil Tigers, ETA
IRA, Real IRA, FARC, Shining Path, Abu Sayyaf, Jemaah Islamiah, Jemaah Islamiyah
Lashkar-e-Taiba, Jaish-e-Mohammad, Hizbollah, Hizbullah, Ku Klux Klan, Labor, Labor Party
Liberal Party, National Party, Australian Democrats, One Nation, Bloc Québécois, Congress Party
Awami League, Forza Italia, Front National, National Front, Social Democratic Party
Christian Democratic Union, New Democratic Party, Kuomintang, Lib Dems, Plaid Cymru, SNP, DUP
SDLP, UKIP, Ukip, European Court of Human Rights, European Court of Justice, High Court
Court of Appeal, Constitutional Court, Crown Court, Old Bailey, Reserve Bank, Bank of Japan
Bundesbank, Bank of Canada, Nasdaq, NASDAQ, New York Stock Exchange, NYSE, Dow Jones
Standard & Poor's, Moody's, Fitch, Lloyd's, Lloyds, KPMG, Deloitte, PricewaterhouseCoopers, PwC
Ernst & Young, McKinsey, Qantas, Ansett, Virgin Blue, Virgin Atlantic, British Airways
Air France, Air Canada, Air New Zealand, Air India, KLM, Alitalia, Iberia, Swissair, Sabena, SAS
Aeroflot, Etihad, Qatar Airways, Singapore Airlines, Cathay Pacific, Garuda, Malaysia Airlines
Thai Airways, Korean Air, Japan Airlines, All Nippon Airways, El Al, American Airlines
United Airlines, Delta Air Lines, Southwest Airlines, JetBlue, Westpac, ANZ, Commonwealth Bank
National Australia Bank, NAB, AMP, Telstra, Optus, BHP, BHP Billiton, Rio Tinto, Woolworths
Foster's, Royal Bank of Scotland, RBS, NatWest, Santander, BBVA, ING, ABN Amro, Rabobank
UniCredit, Intesa Sanpaolo, Société Générale, Crédit Agricole, Commerzbank, Allianz, Axa
Zurich Insurance, Prudential, Aviva, Standard Chartered, Citibank, Bank of America
Merrill Lynch, Lehman Brothers, Bear Stearns, American Express, Mastercard, Berkshire Hathaway
Enron, WorldCom, Arthur Andersen, AOL, Time Warner, Yahoo, eBay, Amazon.com, Oracle, Cisco, Dell
Hewlett-Packard, Compaq, Xerox, Motorola, Qualcomm, Texas Instruments, Apple Computer, Adobe
Salesforce, LinkedIn, Snapchat, Pinterest, Reddit, Wikipedia, Spotify, Panasonic, Toshiba
Hitachi, Fujitsu, Nikon, Nintendo, Sega, Mitsubishi, Mazda, Subaru, Suzuki, Kia, Fiat, Peugeot
Citroën, Citroen, Opel, Vauxhall, Audi, Porsche, Ferrari, Lamborghini, Jaguar, Land Rover
Bentley, Skoda, General Dynamics, Northrop Grumman, Raytheon, BAE Systems, Thales, Saab, Embraer
Bombardier, Caterpillar, Royal Dutch Shell, Eni, Statoil, Equinor, Repsol, Petrobras, PDVSA
Sinopec, PetroChina, CNOOC, ConocoPhillips, Halliburton, Schlumberger, Glencore, Anglo American
ArcelorMittal, ThyssenKrupp, Tata, Tata Motors, Tata Steel, Reliance Industries, Infosys, Wipro
Johnson and Johnson, Bristol-Myers Squibb, Eli Lilly, Sanofi, Aventis, Abbott, AbbVie, Amgen
Gilead, Procter & Gamble, Colgate-Palmolive, L'Oréal, L'Oreal, LVMH, Gucci, Prada, H&M, Tesco
Sainsbury's, Asda, Marks & Spencer, Carrefour, Aldi, Lidl, Metro AG, Costco, Home Depot
Heineken, Anheuser-Busch, Carlsberg, Diageo, Philip Morris, Burger King, KFC, Pizza Hut, Kraft
Kellogg's, Danone, News Corp, News Corporation, Viacom, Paramount, Columbia Pictures, DreamWorks
Pixar, HBO, MTV, ESPN, Channel Four, BSkyB, Canal Plus, Bertelsmann, The Guardian, The Times
The Sunday Times, The Daily Telegraph, The Independent, Daily Mirror, The Sun, Evening Standard
Sydney Morning Herald, The Australian, The Age, The Globe and Mail, Toronto Star
The Irish Times, Irish Independent, Chicago Tribune, Boston Globe, Newsweek, Forbes, The Lancet
New Scientist, New England Journal of Medicine, Oxford University, Cambridge University
Harvard University, Yale University, Columbia University, Imperial College
London School of Economics, Sorbonne, Max Planck Society, CERN, Cern, ESA, European Space Agency
Roscosmos, JAXA, Nobel Committee, Nobel Foundation, UNDP, UNEP, UNAIDS, UNFPA, UNIFIL, OSCE, OAS
ECOWAS, Ecowas, SADC, SAARC, AFC, CAF, CONMEBOL, CONCACAF, MI-5, MI-6, ISI, ASIO, CSIS, Shin Bet
Stasi, Gestapo, Red Army, People's Liberation Army, PLA, US Navy, US Army, Royal Navy
Royal Air Force, RAF, Air Force, Marine Corps, National Guard, Coast Guard, Secret Service
Homeland Security, Immigration Department, Foreign Office, Home Office, Treasury Department
Defense Department, Interior Ministry, Foreign Ministry, Defence Ministry, Defense Ministry
Health Ministry, Finance Ministry, Justice Ministry, Knesset, Bundestag, Bundesrat, Duma
Lok Sabha, Rajya Sabha, Dáil, Riksdag, Storting, Folketing, Sejm, Loya Jirga, Holyrood, Stormont
Parliament, AC Milan, Inter Milan, Ajax, Benfica, Everton, Aston Villa, Leeds United
Newcastle United, West Ham, Atlético Madrid, Atletico Madrid, Boca Juniors, River Plate
New York Yankees, Boston Red Sox, Chicago Bulls, Los Angeles Lakers, Dallas Cowboys
New England Patriots, Green Bay Packers, All Blacks, Wallabies, Springboks, Socceroos, AFL, NRL
IAAF, FINA, USOC, PGA, LPGA, WBC, WBA, IBF, NASCAR, MLS
""")
"""Institutions, news agencies and companies that the news names without explaining them."""

NOT_ACRONYMS = words("""
AM PM TV CEO CFO COO GDP DNA RNA HIV AIDS COVID USB USD EUR GBP PDF FAQ OK UFO SUV VIP ATM GPS PR
HR IT AI VR AR UK US USA UAE DRC PRC USSR DPRK ROK BC AD CE BCE GMT UTC EST EDT PST PDT CET BST IST
ID II III IV VI VII VIII IX XI XII XIII XIV XV XX XXI MP MPs PM VAT ISBN URL WWW HTTP DVD CD PC
LGBT LGBTQ LGBTQI PCR CCTV NGO NGOs KM MPH KPH RIP SOS DIY PHD BA MA BSC MSC MD QC KC OBE MBE CBE
""")
"""Capitals that name no organisation."""
