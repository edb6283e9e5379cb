/** Words whose British spelling differs from the American one by one piece, of which the last in the word counts. */
export interface SpellingFamily {
  readonly british: string;
  readonly american: string;
  readonly words: string;
}

// The words are those of american-british-english-translator 0.2.1 (npm, MIT licence, Copyright (c) 2016), put into families; a few of
// its pairs that are wrong (gases, buses) or doubtful (disc) are left out. The verbs in -ise take every ending. A word that is spelled in two
// ways in America (cancelation) is brought to one of them. Whisper has a list of its own, with which this one was compared only by examples.

/** Verbs in -ise, by what stands before it. */
export const ISE_STEMS = `
  accessor acclimat agon amort anglic annual antagon apolog appet author bapt bastard bowdler brutal canal cannibal canon capital
  caramel carbon categor cauter central character circular civil collectiv colon commercial compartmental computer conceptual
  contextual criminal critic crystall custom decentral decriminal dehuman demilitar demobil democrat demon demoral denational
  deodor depersonal deput desensit destabil digit disorgan dramat econom editorial empath emphas energ epitom equal eulog evangel
  exorc extempor external factor familiar fantas featur femin fertil fictional final formal fossil fratern galvan general ghetto
  glamor global harmon homogen hospital human hybrid hypnot hypothes ideal idol immobil immortal immun individual industrial
  initial institutional intellectual internal international ion italic item jeopard legal legitim liberal lion liquid local magnet
  marginal material maxim mechan memor memorial mesmer metabol militar miniatur minim mobil modern moistur monopol moral motor
  national natural neutral normal optim organ ostrac overemphas oxid parametr particular passiv pasteur patron pedestrian penal
  personal philosoph plagiar polar politic popular pressur priorit privat professional propagand proselyt public pulver radical
  random rational real recogn regular reorgan revital revolution rhapsod ritual romantic sanit satir scandal scrutin secular
  sensational sensit sentimental serial sermon signal social sodom solemn special stabil standard steril stigmat subsid summar
  symbol sympath synchron synthes systemat tantal tempor tender terror theor transistor traumat trivial tyrann unauthor uncivil
  underutil union unorgan unrecogn urban util vandal vapor verbal victim visual vocal vulcan vulgar western woman
`;

/** What may follow the -is- of a verb in -ise. */
export const ISE_ENDINGS = 'e ed es ing er ers ation ations able';

export const SPELLING_FAMILIES: readonly SpellingFamily[] = [
  {
    british: 'our',
    american: 'or',
    words: `
      arbour arbours ardour armour armoured armourer armourers armouries armoury behaviour behavioural behaviourism behaviourist
      behaviourists behaviours belabour belaboured belabouring belabours candour clamour clamoured clamouring clamours clangour
      colour colourant colourants coloured coloureds colourful colourfully colouring colourize colourized colourizes colourizing
      colourless colours demeanour discolour discoloured discolouring discolours disfavour dishonour dishonourable dishonourably
      dishonoured dishonouring dishonours enamoured endeavour endeavoured endeavouring endeavours favour favourable favourably
      favoured favouring favourite favourites favouritism favours fervour flavour flavoured flavouring flavourings flavourless
      flavours flavoursome glamour harbour harboured harbouring harbours honour honourable honourably honoured honouring honours
      humour humoured humouring humourless humours labour laboured labourer labourers labouring labours misbehaviour misdemeanour
      misdemeanours multicoloured neighbour neighbourhood neighbourhoods neighbouring neighbourliness neighbourly neighbours odour
      odourless odours parlour parlours rancour rigour rigours rumour rumoured rumours saviour saviours savour savoured savouries
      savouring savours savoury splendour splendours succour succoured succouring succours technicolour tricolour tricolours
      tumour tumours unfavourable unfavourably unsavoury valour vapour vapours vigour watercolour watercolours
    `,
  },
  {
    british: 'oul',
    american: 'ol',
    words: `
      mould moulded moulder mouldered mouldering moulders mouldier mouldiest moulding mouldings moulds mouldy moult moulted
      moulting moults remould remoulded remoulding remoulds smoulder smouldered smouldering smoulders
    `,
  },
  {
    british: 'auge',
    american: 'age',
    words: `
      gauge gauged gauges
    `,
  },
  {
    british: 'augi',
    american: 'agi',
    words: `
      gauging
    `,
  },
  {
    british: 'logu',
    american: 'log',
    words: `
      catalogued cataloguing
    `,
  },
  {
    british: 'ae',
    american: 'e',
    words: `
      aeon aeons aesthete aesthetes aesthetic aesthetically aesthetics aetiology anaemia anaemic anaesthesia anaesthetic
      anaesthetics anaesthetist anaesthetists anaesthetize anaesthetized anaesthetizes anaesthetizing archaeological
      archaeologically archaeologist archaeologists archaeology bougainvillaea bougainvillaeas caesarean caesareans chimaera
      chimaeras encyclopaedia encyclopaedias encyclopaedic faecal faeces gynaecological gynaecologist gynaecologists gynaecology
      haematological haematologist haematologists haematology haemoglobin haemophilia haemophiliac haemophiliacs haemorrhage
      haemorrhaged haemorrhages haemorrhaging haemorrhoids leukaemia mediaeval orthopaedic orthopaedics paederast paederasts
      paediatric paediatrician paediatricians paediatrics paedophile paedophiles paedophilia palaeolithic palaeontologist
      palaeontologists palaeontology praesidium praesidiums primaeval toxaemia
    `,
  },
  {
    british: 'oe',
    american: 'e',
    words: `
      diarrhoea edoema foetal foetid foetus foetuses gonorrhoea homoeopath homoeopathic homoeopaths homoeopathy oesophagus
      oesophaguses oestrogen pharmacopoeia pharmacopoeias
    `,
  },
  {
    british: 'll',
    american: 'l',
    words: `
      backpedalled backpedalling bedevilled bedevilling bejewelled bevelled calliper callipers callisthenics cancelled cancelling
      carolled carolling cavilled cavilling channelled channelling chilli chiselled chiselling councillor councillors counselled
      counselling counsellor counsellors crenellated crueller cruellest cudgelled cudgelling dialled dialling disembowelled
      disembowelling dishevelled drivelled drivelling duelled duelling enamelled enamelling fillet filleted filleting fillets
      funnelled funnelling gambolled gambolling gravelled grovelled grovelling gruelling gruellingly impanelled impanelling
      imperilled imperilling initialled initialling jewelled jeweller jewellers labelled labelling levelled leveller levellers
      levelling libelled libelling libellous marshalled marshalling marvelled marvelling marvellous marvellously modelled modeller
      modellers modelling panelled panelling panellist panellists parcelled parcelling pedalled pedalling pencilled pencilling
      quarrelled quarrelling ravelled ravelling refuelled refuelling remodelled remodelling revelled reveller revellers revelling
      rivalled rivalling shovelled shovelling shrivelled shrivelling signalled signalling snivelled snivelling snorkelled
      snorkelling spiralled spiralling squirrelled squirrelling stencilled stencilling swivelled swivelling tasselled towelled
      towelling tranquillity tranquillize tranquillized tranquillizer tranquillizers tranquillizes tranquillizing travelled
      traveller travellers travelling trialled trialling tunnelled tunnelling unequalled unravelled unravelling unrivalled
      untrammelled weaselled weaselling woollen woollens woollies woolly yodelled yodelling
    `,
  },
  {
    british: 're',
    american: 'er',
    words: `
      accoutrements amphitheatre amphitheatres calibre calibres centilitre centilitres centimetre centimetres centre centrefold
      centrefolds centrepiece centrepieces centres epicentre epicentres fibre fibreglass fibres goitre goitres kilometre
      kilometres lacklustre litre litres louvre louvres lustre meagre metre metres micrometre micrometres millilitre millilitres
      millimetre millimetres mitre mitres reconnoitre reconnoitres sabre sabres saltpetre sceptre sceptres sepulchre sepulchres
      sombre spectre spectres theatre theatregoer theatregoers theatres
    `,
  },
  {
    british: 'mme',
    american: 'm',
    words: `
      aerogramme aerogrammes centigramme centigrammes gramme grammes kilogramme kilogrammes milligramme milligrammes programme
      programmes
    `,
  },
  {
    british: 'nce',
    american: 'nse',
    words: `
      defence defenceless defences licence licenced licences offence offences pretence pretences
    `,
  },
  {
    british: 'nci',
    american: 'nsi',
    words: `
      licencing
    `,
  },
  {
    british: 'ugh',
    american: 'f',
    words: `
      draught draughtboard draughtboards draughtier draughtiest draughtsman draughtsmanship draughtsmen draughtswoman
      draughtswomen draughty
    `,
  },
  {
    british: 'ugh',
    american: 'w',
    words: `
      plough ploughed ploughing ploughman ploughmen ploughs ploughshare ploughshares snowplough
    `,
  },
  {
    british: 'gao',
    american: 'jai',
    words: `
      gaolbird gaolbirds gaolbreak gaolbreaks gaoled gaoler gaolers gaoling gaols
    `,
  },
  {
    british: 'sc',
    american: 'sk',
    words: `
      sceptic sceptical sceptically scepticism sceptics videodisc videodiscs
    `,
  },
  {
    british: 'sulph',
    american: 'sulf',
    words: `
      sulphate sulphates sulphide sulphides sulphur sulphurous
    `,
  },
  {
    british: 'grey',
    american: 'gray',
    words: `
      grey greyed greying greyish greyness greys
    `,
  },
  {
    british: 'eable',
    american: 'able',
    words: `
      likeable
    `,
  },
  {
    british: 'ys',
    american: 'yz',
    words: `
      analyse analysed analyses analysing breathalyse breathalysed breathalyser breathalysers breathalyses breathalysing catalyse
      catalysed catalyses catalysing paralyse paralysed paralyses paralysing psychoanalyse psychoanalysed psychoanalyses
      psychoanalysing
    `,
  },
  {
    british: 'oeuvre',
    american: 'euver',
    words: `
      manoeuvre manoeuvres outmanoeuvre outmanoeuvres
    `,
  },
  {
    british: 'oeuv',
    american: 'euve',
    words: `
      manoeuvrability manoeuvrable manoeuvred manoeuvring manoeuvrings outmanoeuvred outmanoeuvring
    `,
  },
  {
    british: 'ise',
    american: 'ice',
    words: `
      practise practised practises
    `,
  },
  {
    british: 'ctis',
    american: 'ctic',
    words: `
      practising
    `,
  },
  {
    british: 'xion',
    american: 'ction',
    words: `
      connexion connexions inflexion inflexions
    `,
  },
  {
    british: 'tte',
    american: 't',
    words: `
      epaulette epaulettes omelette omelettes
    `,
  },
  {
    british: 'l',
    american: 'll',
    words: `
      appal appals distil distils enrol enrols enthral enthrals fulfil fulfilment fulfils instal instalment instalments instals
      instil instils
    `,
  },
];

/** Words that belong to no family: British, American. */
export const SPELLING_PAIRS = `
  aeroplane=airplane aeroplanes=airplanes ageing=aging aggrandisement=aggrandizement agonisingly=agonizingly almanack=almanac
  almanacks=almanacs aluminium=aluminum anaesthetise=anesthetize anaesthetised=anesthetized anaesthetises=anesthetizes
  anaesthetising=anesthetizing analogue=analog analogues=analogs appetisingly=appetizingly artefact=artifact artefacts=artifacts
  axe=ax bannister=banister bannisters=banisters battleaxe=battleax baulk=balk baulked=balked baulking=balking baulks=balks
  behove=behoove behoved=behooved behoves=behooves biassed=biased biassing=biasing bingeing=binging catalogue=catalog
  catalogues=catalogs centred=centered chequebook=checkbook chequebooks=checkbooks chequered=checkered clarinettist=clarinetist
  clarinettists=clarinetists cosier=cozier cosies=cozies cosiest=coziest cosily=cozily cosiness=coziness cosy=cozy dialogue=dialog
  dialogues=dialogs epilogue=epilog epilogues=epilogs flautist=flutist flautists=flutists gipsies=gypsies glueing=gluing
  groyne=groin groynes=groins gryphon=griffin gryphons=griffins jewellery=jewelry judgement=judgment louvred=louvered
  monologue=monolog monologues=monologs moustache=mustache moustached=mustached moustaches=mustaches moustachioed=mustachioed
  organisational=organizational patronisingly=patronizingly philtre=filter philtres=filters phoney=phony pouffe=pouf pouffes=poufs
  prologue=prolog prologues=prologs pyjama=pajama pyjamas=pajamas recognisably=recognizably recognisance=recognizance
  reconnoitred=reconnoitered reconnoitring=reconnoitering sheikh=sheik snowploughs=snowplow syphon=siphon syphoned=siphoned
  syphoning=siphoning syphons=siphons tantalisingly=tantalizingly tonne=ton tonnes=tons tranquillise=tranquilize
  tranquillised=tranquilized tranquilliser=tranquilizer tranquillisers=tranquilizers tranquillises=tranquilizes
  tranquillising=tranquilizing travelogue=travelog travelogues=travelogs tyre=tire tyres=tires waggon=wagon waggons=wagons
  worshipped=worshiped worshipper=worshiper worshipping=worshiping yoghourt=yogurt yoghourts=yogurts yoghurt=yogurt
  yoghurts=yogurts cancelation=cancellation cancelations=cancellations
`;
