/** Plan, coverage, main works, standards, free choice, acceptance, and reports of designation. Loaded with their pages. */
export const planning = {
  'zh-CN': {
    plan: {
      past: { organised: '组织编制', compiled: '编制项目', circulated: '送会签', countersigned: '会签', revised: '收回修改', returned: '退回修改', adopted: '通过', published: '公布', 'given-up': '撤销草案' },
      title: '规划', purpose: '编制、会签、通过和公布建设规划，查看必装部位的覆盖情况', name: '名称', version: '版本', versionN: '第 {{n}} 版', government: '组织编制的人民政府', territory: '行政区划', items: '项目', itemsN: '{{n}} 项', adopted: '通过日期', published: '公布日期', number: '文号', empty: '还没有可以查看的规划',
      state: { draft: '起草', circulated: '会签中', adopted: '已通过', published: '已公布', superseded: '已被代替', withdrawn: '已撤销' },
      urbanPlan: '所纳入的城乡规划', urbanNumber: '城乡规划文号', departments: '会签部门', note: '说明', supersedes: '代替上一版本',
      item: '项目', kind: '场所种类', part: '部位', builder: '建设主体', government_builds: '政府建设', unit_builds: '单位建设', cameras: '摄像机（台）', due: '规划完成日', fulfilled: '已建成使用', unfulfilled: '未建成', nobody: '尚无登记的责任单位', noItems: '还没有项目', longitude: '经度', latitude: '纬度', whole: '整个场所', add: '增加项目', remove: '移除', save: '保存项目', unsaved: '有 {{n}} 处改动尚未保存',
      opinions: '会签意见', pending: '未会签', agreed: '同意', objected: '有不同意见', opinion: '意见', agree: '是否同意', why: '理由', settled: '不同意见的协调结果', on: '日期',
      organise: '组织编制新版本', done: '已办理：{{step}}',
      follows: {
        organise: '生成新版本草案，带入已公布版本的项目，由本级公安机关会同所列部门编制〔第六条〕，并记入账本。',
        circulate: '送所列部门会签，会签期间不能修改项目；收回修改后须重新会签。', countersign: '意见记入规划和账本，组织编制的人民政府据此通过或者退回。', revise: '收回修改后，已有的会签意见作废，须重新会签。', return: '退回后，已有的会签意见作废，须重新会签。',
        adopt: '通过后等待公布，不再修改。', publish: '公布后任何单位可以查看；上一版本被代替；每一项目成为建设主体的义务〔第九条〕，不再列入的项目的义务终止。', give_up: '草案撤销后不能恢复，已公布的版本不受影响。',
      },
    },
    coverage: { title: '必装部位覆盖情况', by: '场所种类', area: '行政区划', required: '应装部位', covered: '已覆盖', uncovered: '未覆盖', unknown: '未测', share: '覆盖率', spread: '分布', rule: '覆盖率 = 系统正常的应装部位 ÷ 应装部位；未测的不计为已覆盖', none: '没有应装部位', bar: '{{name}}：应装 {{required}}，已覆盖 {{covered}}，未覆盖 {{uncovered}}，未测 {{unknown}}' },
    acceptance: {
      title: '验收', notNeeded: '单位建设的系统不经政府验收，交付使用后办理备案', none: '还没有验收', add: '登记验收', use: '投入使用', number: '验收文号', on: '验收日期', item: '验收项目', result: '结果', measured: '实测', days: '天', s: '秒', note: '说明', members: '参加部门和人员', organ: '部门或者单位', person: '姓名', duty: '职务', addMember: '增加一人', removeMember: '移除', issues: '问题与整改要求', conclusion: '结论', papers: '验收材料', print: '验收表',
      passes: '合格', fails: '不合格', not_applicable: '不涉及', passed: '验收合格', failed: '验收不合格', floor: '不少于 {{n}} 天', willPass: '验收合格后，系统可以投入使用。', willFail: '有不合格项：系统退回施工，整改后再次验收，在此之前不得投入使用。', useFollows: '投入使用后，备案期限依现行法规起算；对应的规划项目记为完成。', done: '已登记', storageLow: '少于有效存储期限，不能判为合格',
    },
    works: { title: '主体工程', none: '还没有登记主体工程', edit: '登记主体工程', name: '主体工程名称', number: '批准或者许可文号', asOne: '系统与主体工程综合设计', yes: '是', no: '否', planned: '计划日期', passed: '实际日期', apart: '系统晚于主体工程 {{n}} 天投入使用', together: '系统不晚于主体工程投入使用', breach: '主体工程自 {{day}} 起投入使用，系统尚未投入使用', note: '说明', save: '保存' },
    standards: { title: '标准对照清单', code: '标准', applies: '适用', result: '结果', not_checked: '未测', passes: '符合', fails: '不符合', not_applicable: '不适用', check: '登记结果', on: '检查日期', note: '依据', evidence: '证明材料' },
    procurement: {
      title: '自主选用记录', onlyYou: '只供本单位和本单位审计员查阅；任何机关不得指定产品和单位', none: '还没有选用记录', add: '登记选用', object: '选用对象', method: '方式', candidates: '候选（每行一个，顺序由本单位决定）', chosen: '选定', reason: '理由', on: '决定日期', by: '登记人', contracts: '合同',
      of: { products: '视频图像产品', design: '设计单位', construction: '施工单位', maintenance: '维护单位' }, how: { open_tender: '公开招标', invited_tender: '邀请招标', negotiation: '谈判', inquiry: '询价', single_source: '单一来源', direct: '直接采购' },
    },
    reuse: { title: '利用已有摄像机', none: '附近没有已登记的摄像机', camera: '摄像机', owner: '所属单位', metres: '距离（米）', decision: '决定', undecided: '待决定', reuse: '利用', notReuse: '不利用', reason: '理由', save: '保存决定' },
    designation: {
      title: '指定情况举报', purpose: '机关或者其工作人员指定产品、销售、设计、施工、维护单位的，可以向上级机关或者监察机关举报', add: '举报', none: '没有举报', number: '回执号', accused: '被举报机关', recipient: '受理机关', on: '发生日期', text: '情况', way: '举报到', superior: '上级机关', supervision: '监察机关', own: '我的举报', received: '收到的举报', told: '告知举报人', handled: '处理经过', keep: '被举报机关及其人员看不到这项举报，其账本中没有记录。请记下回执号。', made: '已受理，回执号 {{number}}',
      state: { received: '已受理', correction_ordered: '已责令改正', sanctioned: '已处分', transferred: '已移送', closed: '已办结' }, step: { order: '责令改正', sanction: '给予处分', transfer: '移送', close: '办结' },
    },
  },
  'en-US': {
    plan: {
      past: { organised: 'Organised', compiled: 'Items compiled', circulated: 'Circulated', countersigned: 'Countersigned', revised: 'Taken back', returned: 'Returned', adopted: 'Adopted', published: 'Published', 'given-up': 'Given up' },
      title: 'Plan', purpose: 'Compile, countersign, adopt and publish the construction plan; see how far required parts are covered', name: 'Title', version: 'Version', versionN: 'Version {{n}}', government: "People's government that organises it", territory: 'Area code', items: 'Items', itemsN: 'Items: {{n}}', adopted: 'Adopted on', published: 'Published on', number: 'Document number', empty: 'There is no plan that you may see yet',
      state: { draft: 'draft', circulated: 'being countersigned', adopted: 'adopted', published: 'published', superseded: 'superseded', withdrawn: 'given up' },
      urbanPlan: 'Urban and rural plan of which it is part', urbanNumber: 'Its document number', departments: 'Departments that countersign', note: 'Note', supersedes: 'Replaces the version before',
      item: 'Item', kind: 'Kind of place', part: 'Part', builder: 'Builder', government_builds: 'government', unit_builds: 'unit', cameras: 'Cameras', due: 'Day set by the plan', fulfilled: 'built and in use', unfulfilled: 'not built', nobody: 'no responsible unit on record yet', noItems: 'There are no items yet', longitude: 'Longitude', latitude: 'Latitude', whole: 'the whole place', add: 'Add an item', remove: 'Remove', save: 'Save the items', unsaved: '{{n}} changes are not saved yet',
      opinions: 'Opinions of the departments', pending: 'still out', agreed: 'agrees', objected: 'objects', opinion: 'Opinion', agree: 'Agree?', why: 'Reason', settled: 'How the objections were settled', on: 'Day',
      organise: 'Organise a new version', done: 'Done: {{step}}',
      follows: {
        organise: 'A new draft takes over the items of the published version; public security of this government compiles it with the departments named (article 6). It is entered in the ledger.',
        circulate: 'The departments named are asked to countersign; items cannot be changed meanwhile, and after a revision all are asked again.', countersign: 'The opinion is entered in plan and ledger; the government adopts or returns the plan upon it.', revise: 'Opinions given so far are void once the plan is taken back; all are asked again.', return: 'Opinions given so far are void once the plan is returned; all are asked again.',
        adopt: 'Once adopted it waits for publication and is changed no more.', publish: 'Everyone may read a published plan; the version before is superseded; each item becomes an obligation of its builder (article 9), and those of items listed no more end.', give_up: 'A draft that is given up does not come back; the published version stays.',
      },
    },
    coverage: { title: 'Coverage of required parts', by: 'Kind of place', area: 'Area code', required: 'Required', covered: 'Covered', uncovered: 'Not covered', unknown: 'Not measured', share: 'Coverage', spread: 'Spread', rule: 'Coverage = required parts with a working system ÷ required parts; what is not measured is not counted as covered', none: 'No part is required', bar: '{{name}}: {{required}} required, {{covered}} covered, {{uncovered}} not covered, {{unknown}} not measured' },
    acceptance: {
      title: 'Acceptance', notNeeded: "A unit's own system is not accepted by government; it is filed after delivery for use", none: 'There was no acceptance yet', add: 'Record an acceptance', use: 'Put to use', number: 'Document number', on: 'Day of acceptance', item: 'Item', result: 'Result', measured: 'Measured', days: 'd', s: 's', note: 'Note', members: 'Departments and people who took part', organ: 'Department or firm', person: 'Name', duty: 'Post', addMember: 'Add a person', removeMember: 'Remove', issues: 'What is wrong and must be mended', conclusion: 'Conclusion', papers: 'Papers of the acceptance', print: 'Acceptance sheet',
      passes: 'passes', fails: 'fails', not_applicable: 'not applicable', passed: 'passed', failed: 'failed', floor: 'at least {{n}} d', willPass: 'Once it has passed, the system may be put to use.', willFail: 'An item fails: construction is reopened; it is accepted again once mended and may not be put to use before.', useFollows: 'Once in use, the term of filing runs where the law in force sets one, and the plan item is met.', done: 'On record', storageLow: 'below the term of the law: cannot pass',
    },
    works: { title: 'Main works', none: 'The main works are not on record yet', edit: 'Record the main works', name: 'Name of the main works', number: 'Number of approval or permit', asOne: 'Designed as one with the main works', yes: 'yes', no: 'no', planned: 'Planned', passed: 'Actual', apart: 'The system came into use {{n}} d after the works', together: 'The system came into use no later than the works', breach: 'The main works are in use since {{day}}, the system is not', note: 'Note', save: 'Save' },
    standards: { title: 'Standards checklist', code: 'Standard', applies: 'Applies to', result: 'Result', not_checked: 'not checked', passes: 'meets it', fails: 'does not meet it', not_applicable: 'not applicable', check: 'Record a result', on: 'Checked on', note: 'Ground', evidence: 'Evidence' },
    procurement: {
      title: 'Own choice on record', onlyYou: 'For this unit and its own auditors alone; no organ may designate a product or firm', none: 'Nothing on record yet', add: 'Record a choice', object: 'What was chosen', method: 'How', candidates: 'Candidates (one a line, in your own order)', chosen: 'Chosen', reason: 'Why', on: 'Decided on', by: 'Recorded by', contracts: 'Contracts',
      of: { products: 'video products', design: 'designer', construction: 'installer', maintenance: 'maintainer' }, how: { open_tender: 'open tender', invited_tender: 'invited tender', negotiation: 'negotiation', inquiry: 'inquiry of prices', single_source: 'single source', direct: 'direct purchase' },
    },
    reuse: { title: 'Reuse of existing cameras', none: 'No camera on record is in reach', camera: 'Camera', owner: 'Whose', metres: 'Distance (m)', decision: 'Decision', undecided: 'to be decided', reuse: 'reuse', notReuse: 'do not reuse', reason: 'Why', save: 'Save the decisions' },
    designation: {
      title: 'Reports of designation', purpose: 'Where an organ or its staff designates a product, seller, designer, installer or maintainer, report it to the organ above or to the supervisory organ', add: 'Report', none: 'There is no report', number: 'Receipt', accused: 'Organ reported', recipient: 'Received by', on: 'Happened on', text: 'What happened', way: 'Report to', superior: 'the organ above', supervision: 'the supervisory organ', own: 'made by me', received: 'received', told: 'What the reporter is told', handled: 'What was done', keep: 'Neither the organ reported nor its people see this, and their ledger holds no entry of it. Note down the receipt.', made: 'Received: {{number}}',
      state: { received: 'received', correction_ordered: 'ordered to correct', sanctioned: 'sanctioned', transferred: 'transferred', closed: 'closed' }, step: { order: 'Order to correct', sanction: 'Sanction', transfer: 'Transfer', close: 'Close' },
    },
  },
}
