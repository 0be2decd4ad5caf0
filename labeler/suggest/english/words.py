"""Words with a capital that are no names, or rarely: what names are told apart by."""

from labeler.suggest.english.tables import words

STARTERS = words("""
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

NOT_NAMES = words("""
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

COMMON_CITIES = words("""
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
