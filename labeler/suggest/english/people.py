"""What stands around people's names in English, and the names themselves."""

from labeler.suggest.english.tables import phrases, words

HONORIFICS = words("""
Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof Prof. Sir Dame Lord Lady Rev Rev. Fr. Sr. Hon. Mx Mx.
Madame Monsieur Herr Frau Señor Señora Sheikh Sheikha Ayatollah Imam Rabbi Comrade
""")
"""Stand before a person's name and are not themselves a role."""

TITLES = phrases("""
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

ABBREVIATIONS = words("""
Mr. Mrs. Ms. Dr. Prof. Rev. Fr. Sr. Jr. Hon. Mx. Sen. Rep. Gov. Gen. Col. Maj. Capt. Lt. Sgt. Adm.
Cmdr. Brig. Pvt. Cpl. Insp. Supt. Cllr. Amb. St. Ltd. Inc. Corp. Co. Bros.
""")
"""Words that keep their full stop; a tokenizer may have cut it off."""

HONOURS = words("KC QC MP MEP MBE OBE CBE PhD")
"""Stand after a person's name and are no part of it."""

ROLE_STARTS = words("""
chief prime vice deputy foreign finance interior defence defense justice health education home
head managing general executive supreme acting party police opposition club team intelligence
army navy security energy tourism culture transport environment economy agriculture labour labor
information oil
""")
"""Belong to the role that follows: chief executive, foreign minister."""

OFFICES = words("""
president vice-president chancellor premier minister secretary senator congressman congresswoman
governor mayor councillor councilor ambassador envoy commissioner leader chief chairman chairwoman
chairperson chair head director spokesman spokeswoman spokesperson prosecutor judge general colonel
commander captain sergeant admiral inspector sheriff superintendent executive king queen prince
princess emperor sultan emir bishop archbishop cardinal pope imam rabbi premier dictator professor
""")
"""Offices and ranks in small letters that stand directly before a name: "leader Kim Jong Un"."""

ROLES = OFFICES | words("""
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

SPEECH = words("""
said says told tells added adds wrote writes tweeted argued argues insisted warned warns explained
explains recalled recalls joked replied answered declared testified admitted denied conceded
""")
"""Verbs after which, or before which, somebody who speaks is named."""

ORG_SPEECH = words("said says reported reports announced confirmed warned published issued")

GIVEN_NAMES = words("""
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
Neville Ray Daryl Lyn Bernhard Rachael Guglielmo Lance Chuck Bernadette Denise Mitch Kieren Liesel
Rod Darrell Darryl Ronnie Graeme Bradford Dale Dean Damon Darcy Darius Dawn Debra Delia Desirée
Dina Dolores Doreen Dorian Drew Dustin Earl Edmund Edwina Ellie Elliott Eloise Elsie Elton Elvis
Emile Ernesto Ernst Errol Esmé Estelle Étienne Eugenia Evangeline Eve Ezra Fabian Fabien Fabio
Faith Farah Farid Felicia Felicity Fidel Flora Floyd Forrest Frances Françoise Frankie Fraser
Freddie Freddy Freya Fritz Gabriele Gabriella Gail Garry Gene Georgina Geraldine Gerry Giacomo
Gianluca Gilles Gillian Ginny Giorgio Giovanna Giuliano Gladys Grace Gregor Gunther Gustav Gwyneth
Hank Harris Harrison Harvey Heinz Helene Henrietta Hermann Hilda Horst Hubert Humphrey Ilya Isaiah
Ismael Ivor Jade Jay Jeanette Jeanne Jillian Jodie Joey Jonah Josephine Juanita Jules June Jürgen
Karla Katrina Kenny Kerry Kirk Kristian Lachlan Lara Laszlo Laurie Leanne Leroy Lester Lilian Lily
Lindsey Liza Lizzie Lois Loretta Lorna Lorraine Lou Louisa Lucien Lucinda Lynda Lynette Lynne
Mabel Maddison Madeleine Madeline Magda Magdalena Maggie Mara Marcela Margot Marguerite Mariel
Marjorie Martine Mathew Matilda Matt Mauro Maxime Maxine Melinda Meredith Mervyn Mick Mika Mildred
Miles Millie Milo Mimi Minnie Mitchell Monique Muriel Murray Myra Myriam Nathalie Neal Ned Nichola
Nicky Niels Nikki Nikolaus Noel Noelle Noreen Paddy Pat Patsy Patti Paulette Pauline Pearl Percy
Perry Philippa Phoebe Pieter Polly Priscilla Quentin Rainer Ramona Randall Regan Reginald Rene
Renée Reuben Rex Rhonda Riccardo Rick Robbie Robyn Rocco Roderick Rodney Rodolfo Romain Rosalind
Rosanna Rose Rosie Roxanne Rudi Rudolph Rufus Russ Sabrina Sally Salvador Salvatore Sammy Sandy
Sasha Saul Selena Serge Shawn Shelley Sheryl Sid Sidney Siegfried Sigrid Spencer Stacy Stephan
Stephane Susana Susanna Suzie Sybil Sylvain Tania Taylor Terrence Terri Tess Tessa Thea Thérèse
Tiffany Toby Tomasz Toni Travis Tricia Tristan Troy Udo Valentine Vernon Vic Vicki Violet Virgil
Vivien Vivienne Wallace Wally Walt Warwick Wes Wesley Wilbur Wilfred Willie Willy Wilma Winifred
Wolf Yann Yannick Yvette Zelda Zoltan Damir Dejan Dimitrij Dusan Milos Lleyton Marat Gennady
Anatoly Arkady Vyacheslav Valery Pervaiz Jaswant Atal Lal Yashwant Chandra Mahendra Rakesh Vijay
Ashok Shashi Abdelaziz Abdulaziz Abdur Akbar Akram Arif Shimon Yitzhak Avi Amos Uri Yossi Saeb
Jibril Burhanuddin Haji Younis Yunus Zahir Zalmay Javed Wasim Waqar Inzamam Shoaib Shahid Sanath
Muttiah Aravinda Arjuna Herschelle Makhaya Boeta Hansie Mfuneko
""")
"""Given names common in the news that are seldom anything else at the start of a name."""

FAMILY_FIRST = words("""
Kim Lee Park Choi Jung Jeong Kang Yoon Jang Moon Xi Li Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou
Xu Sun Ma Zhu Hu Guo Lin Gao Luo Liang Song Zheng Xie Han Tang Feng Deng Cao Peng Zeng Xiao Tian
Dong Pan Yuan Cai Jiang Yu Du Ye Wei Su Lu Ding Ren Shen Yao Hong Qin Mao Nguyen Nguyễn Tran Trần
Pham Phạm Hoang Phan Vu Dang Bui Ngo Tsai Ko Chiang Lai Hou Cho Ahn Shin Hwang Ryu Pak Ri Rhee
""")
"""East Asian family names, which stand first: Kim Jong Un, Xi Jinping."""

SURNAMES_TOO = words("""
Jordan Israel Washington London Paris Lincoln Jackson Houston Austin Dallas Berlin Holland England
Ireland France Chad Georgia Carolina Virginia Orlando Rome Wall Lane Castle Forest Church Lake Press
Hall Temple Chambers
""")
"""Places, and words that places end in, that are family names after a given name."""

PARTICLES = words(
    "de da di do dos del della der den des du van von bin bint ibn al el ter ten la le"
)
"""Small words inside a person's name."""
