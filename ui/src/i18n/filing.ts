/** Systems on record, their filings, visits, changes and removals. */
export const filing = {
  'zh-CN': {
    systems: {
      title: '视频系统', purpose: '从设计到注销：每一步由谁办、几日内办', empty: '还没有登记视频系统；在场所页登记', name: '系统名称', unit: '管理、使用单位', place: '场所', address: '地址', builder: '建设责任', state: '状态', territory: '行政区划',
      governmentBuilds: '政府建设', unitBuilds: '单位建设', reason: '责任依据', used: '投入使用', filed: '备案日期', existing: '施行前已建成', parties: '参建单位', clocks: '期限', noClocks: '没有在计的期限', since: '自 {{day}} 起算', till: '至 {{day}}', noDay: '法律未定日数', unannounced: '该年节假日尚未公布，末日可能后延', met: '履行于 {{day}}',
      findings: '检查发现', filings: '备案', visits: '实地查看', changes: '变更决定', removals: '拆除', search: '名称', onDay: '日期', follows: '办理后', done: '已登记',
      file: '提交备案', fileChange: '提交变更备案', fileAgain: '补正重新提交', settled: '已了结',
    },
    life: { planned: '已规划', designed: '已设计', built: '已建成', accepted: '已验收', in_use: '使用中', filed: '已备案', noticed: '待拆除', taken_down: '已拆除', disposed: '资料已处理', retired: '已注销' },
    partyRole: { commissioning: '建设', design: '设计', construction: '施工', supervision: '监理', testing: '检测', maintenance: '维护' },
    systemStep: {
      design: '登记后可以开始建设；设计、施工单位由本单位自主选择。', build: '登记后可以交付使用。', deliver: '自交付使用次日起计算备案期限；期限和起算日随即显示在工作台。', change: '变更须先有决定。已备案的系统随即产生变更备案事项。', withdraw: '撤回后系统照常使用，公安机关的监督事项随之取消。', take_down: '系统内摄像机停用，存储期限内的录像继续保存，任何人不得删除。', retire: '记录注销；存储期限内的录像仍然保存。',
      removed: '未通知即拆除的，如实登记：成为检查发现，作为第二十四条第三项的线索；录像继续保存。', dispose: '登记监督结果，公安机关的监督事项随之履行；不删除任何资料。', notice: '通知随即收件盖时，无论日期早晚；不足期限的标明并成为检查发现。公安机关未到场不影响拆除。',
    },
    change: { matter: '变更事项', before: '变更前', after: '变更后', why: '变更理由', by: '决定人', on: '决定日期', purpose: '用途', position: '设备位置', cameras: '设备数量、类型', retention: '存储期限', unit: '单位信息', open: '尚未提交变更备案' },
    removal: {
      ground: '客观条件发生的变化', groundHint: '例如：房屋拆迁、停业、线路改造', planned: '计划拆除日', earliestDay: '最早合法拆除日', earliest: '今天通知，最早合法拆除日为 {{day}}', noRule: '现行文本未要求提前通知', short: '早于最早合法日 {{day}}：照常收件，标明期限不足，并成为检查发现', enough: '期限足够', plan: '存储资料处理方案', planHint: '保存在何处、由谁保管、至何日', number: '收件编号', noticed: '通知日期', down: '拆除日期', kept: '录像保存至', result: '监督结果', officers: '监督人员（以顿号分隔）', form: '监督形式', fate: '资料去向', marked: '期限不足', print: '拆除通知书', unnoticed: '未通知',
      on_site: '到场', remote: '远程', written: '书面', kept_by_unit: '由单位保存至期限届满', moved: '转存至本单位其他系统', handed_over: '依法调取副本，其余保存至期限届满', state: { noticed: '待拆除', withdrawn: '已撤回', taken_down: '已拆除，待监督', disposed: '已监督处理' },
    },
    removals: {
      title: '拆除', purposePolice: '辖区的拆除通知和存储资料处理，待办在前，按剩余天数排列', purposeUnit: '本单位的拆除通知；办理在系统页', empty: '还没有拆除通知', emptyUnit: '还没有拆除通知；在系统页提交', term: '通知期限', supervision: '公安机关监督', left: '还有 {{n}} 天', past: '已过 {{n}} 天',
    },
    filings: {
      title: '备案', purposePolice: '按实地查看的剩余时间排列', purposeUnit: '本单位的备案和回执', empty: '还没有备案', emptyUnit: '还没有备案；在系统页提交', number: '收件编号', unit: '单位', system: '系统', kind: '种类', state: '状态', received: '收件日期', inTime: '是否按期', visit: '实地查看', lacking: '欠缺', lacks: '缺 {{count}} 项', complete: '齐全', timely: '按期', late: '逾期', noTerm: '无期限', search: '单位、系统或编号',
      held: '所在地县级公安机关尚未登记在册：备案已保存，期限仍在计算；请同时递交纸质材料', organ: '受理机关', by: '经办人', due: '备案期限', returned: '退回', returnReason: '退回理由', required: '应交材料和信息', there: '已交', missing: '欠缺', sheet: '备案信息', national: '全国备案平台回执', nationalNumber: '回执编号', nationalKeep: '保存回执', nationalHint: '在 psvs.mps.gov.cn 办理后登记编号；本系统不代替该平台', first: '首次收件', printed: '打印件', receipt: '收件回执', form: '备案登记表', changeForm: '备案变更登记表',
      returnFollows: '退回不影响收件日期和是否按期，实地查看期限照常计算。', receiveFollows: '登记收件日期后开始计算实地查看期限。', receivedOn: '收件日期', resubmit: '补正重新提交', change: '变更',
    },
    filingKind: { initial: '备案', existing: '已建系统备案', change: '变更备案' },
    filingState: { held: '待受理', received: '已收件', returned: '已退回', replaced: '已重新提交', visited: '已查看' },
    draft: { kept: '草稿保存在本机（{{time}}）；断网不丢，提交或者退出登录后删除', found: '已恢复上次没有提交的草稿', discard: '放弃草稿，重新填写' },
    filingForm: {
      title: '系统备案', purpose: '由登记内容带出，核对后提交；缺材料也照收，会写明欠缺', prefilled: '已由场所、系统和以往备案带出', papers: '材料', progress: '已备 {{have}} / {{of}} 项', submit: '提交备案', submitted: '公安机关已收件：{{number}}', keptOnly: '已保存；当地公安机关登记在册后受理', toOrgan: '提交给 {{organ}}', noOrgan: '场所所在地没有登记县级公安机关：提交后保存，不计为已收件', will: '此操作生成收件回执，并自收件次日起计算公安机关实地查看期限', again: '更换', add: '添加一类', kindOf: '类型', count: '数量',
      unit: '单位情况', system: '系统情况', operation: '运行情况', devices: '摄像机',
    },
    sheet: {
      unit_name: '单位名称', unit_code: '统一社会信用代码', unit_kind: '单位类型、行业', legal_representative: '法定代表人', safety_officer: '安全负责人', safety_telephone: '安全负责人电话', agent: '经办人', agent_telephone: '经办人电话', system_name: '系统名称', built_by: '建设类别', place_name: '场所名称', category: '场所类别', address: '地址', coordinates: '坐标', delivered_on: '交付使用日期', entrances: '出入口数', storage_kind: '存储方式', storage_capacity: '存储容量', retention: '存储期限', network: '传输网络', monitoring_room: '监控室位置', duty: '值守方式', accepted_on: '验收日期', acceptance: '验收结论', signs: '标识设置', forbidden_places: '禁装部位自查结论',
    },
    visit: {
      title: '实地查看', print: '现场查看记录', on: '查看日期', officers: '查看人员（两名以上）', officer: '姓名', workId: '证件号', present: '单位在场人员', items: '查看事项', guidance: '指导意见', conclusion: '查看结论', photographs: '现场照片', photograph: '拍照', needPhotograph: '至少一张现场照片', submit: '提交查看记录', done: '查看记录已提交', offline: '没有网络：已保存在本机，恢复后点提交，不会重复登记', note: '说明', due: '查看期限', seen: { right: '符合', wrong: '不符合', not_seen: '未查看', not_applicable: '不适用' }, will: '提交后单位看到指导意见；不符合项成为检查发现', record: '登记实地查看',
    },
  },
  'en-US': {
    systems: {
      title: 'Video systems', purpose: 'From design to closing the record: who does each step, by when', empty: 'No video system on record; add one on the page of its place', name: 'System', unit: 'Managing or using unit', place: 'Place', address: 'Address', builder: 'Built by', state: 'State', territory: 'Area code',
      governmentBuilds: 'Government', unitBuilds: 'Unit', reason: 'Why', used: 'In use since', filed: 'Filed on', existing: 'Built before the text was in force', parties: 'Parties', clocks: 'Terms', noClocks: 'No term is running', since: 'runs from {{day}}', till: 'until {{day}}', noDay: 'the law sets no number of days', unannounced: 'the holidays of that year are not announced: the last day may move back', met: 'met on {{day}}',
      findings: 'Findings', filings: 'Filings', visits: 'Site visits', changes: 'Decisions to change', removals: 'Removal', search: 'Name', onDay: 'Day', follows: 'What follows', done: 'On record',
      file: 'File', fileChange: 'File the change', fileAgain: 'Hand in again', settled: 'settled',
    },
    life: { planned: 'planned', designed: 'designed', built: 'built', accepted: 'accepted', in_use: 'in use', filed: 'filed', noticed: 'to be removed', taken_down: 'taken down', disposed: 'data disposed of', retired: 'closed' },
    partyRole: { commissioning: 'commissioning', design: 'design', construction: 'construction', supervision: 'supervision', testing: 'testing', maintenance: 'maintenance' },
    systemStep: {
      design: 'Building may then begin; the unit chooses designer and installer freely.', build: 'It may then be delivered for use.', deliver: 'The term of filing runs from the next day; it shows on the workbench at once.', change: 'A decision comes before the change. A filed system then owes a change filing.', withdraw: 'The system stays in use, and the police need supervise nothing.', take_down: 'The cameras of the system retire; footage inside its term stays, and nobody may delete it.', retire: 'The record is closed; footage inside its term stays.',
      removed: 'What was taken down without notice is recorded as it is: a finding, and a lead to article 24, item 3; footage stays.', dispose: 'The result is on record and the duty to supervise is met; nothing is deleted.', notice: 'The notice is received and stamped whatever day it names; a short one is marked and becomes a finding. The police need not come for the removal to go on.',
    },
    change: { matter: 'What changes', before: 'Before', after: 'After', why: 'Why', by: 'Decided by', on: 'Decided on', purpose: 'Purpose', position: 'Position of cameras', cameras: 'Number or type of cameras', retention: 'Retention', unit: 'Facts about the unit', open: 'change not filed yet' },
    removal: {
      ground: 'Which conditions changed', groundHint: 'for example: the house is pulled down', planned: 'Planned day of removal', earliestDay: 'Earliest lawful day', earliest: 'With notice today, {{day}} is the earliest lawful day', noRule: 'No text in force asks for a notice', short: 'Before the earliest lawful day {{day}}: it is received, marked as short, and becomes a finding', enough: 'The notice is long enough', plan: 'What happens to the stored data', planHint: 'where it is kept, by whom, until when', number: 'Receipt number', noticed: 'Notice given on', down: 'Taken down on', kept: 'Footage is kept until', result: 'Result of the supervision', officers: 'Officers (separated by commas)', form: 'Form of supervision', fate: 'Stored data', marked: 'short notice', print: 'Removal notice', unnoticed: 'without notice',
      on_site: 'on site', remote: 'remote', written: 'in writing', kept_by_unit: 'kept by the unit for its term', moved: 'moved to another system of the unit', handed_over: 'copies lawfully retrieved, the rest kept for its term', state: { noticed: 'to be removed', withdrawn: 'withdrawn', taken_down: 'down, to be supervised', disposed: 'supervised' },
    },
    removals: {
      title: 'Removals', purposePolice: 'Notices of the area and what happens to stored data: what waits stands first, by the days left', purposeUnit: 'The notices of the unit; they are handled on the page of the system', empty: 'No notice of removal yet', emptyUnit: 'No notice of removal yet; give it on the page of a system', term: 'Term of notice', supervision: 'Supervision', left: '{{n}} d left', past: '{{n}} d ago',
    },
    filings: {
      title: 'Filings', purposePolice: 'By the time left for the site visit', purposeUnit: 'The filings and receipts of the unit', empty: 'No filing yet', emptyUnit: 'No filing yet; file on the page of a system', number: 'Receipt number', unit: 'Unit', system: 'System', kind: 'Kind', state: 'State', received: 'Received on', inTime: 'In time', visit: 'Site visit', lacking: 'Lacking', lacks: '{{count}} lacking', complete: 'complete', timely: 'in time', late: 'late', noTerm: 'no term', search: 'Unit, system or number',
      held: 'No county public security organ is on record for the place: the filing is kept, its term runs on; hand it in on paper as well', organ: 'Receiving organ', by: 'Handled by', due: 'To be filed by', returned: 'Returned', returnReason: 'Why it was returned', required: 'Papers and facts asked for', there: 'there', missing: 'lacking', sheet: 'What was filed', national: 'Receipt of the national filing site', nationalNumber: 'Number of the receipt', nationalKeep: 'Keep the receipt', nationalHint: 'File at psvs.mps.gov.cn, then record the number; this system does not replace that site', first: 'First received', printed: 'To print', receipt: 'Receipt', form: 'Filing form', changeForm: 'Change filing form',
      returnFollows: 'A return changes neither the day of receipt nor whether it was in time; the term of the visit runs on.', receiveFollows: 'The term of the visit runs from the day of receipt.', receivedOn: 'Received on', resubmit: 'Hand in again', change: 'Change',
    },
    filingKind: { initial: 'filing', existing: 'existing system', change: 'change filing' },
    filingState: { held: 'not received yet', received: 'received', returned: 'returned', replaced: 'handed in again', visited: 'visited' },
    draft: { kept: 'Draft kept on this device ({{time}}); a lost network loses nothing; it goes when handed in or signed out', found: 'What was not handed in last time is here again', discard: 'Discard it and begin anew' },
    filingForm: {
      title: 'File a system', purpose: 'Filled from the record; check and hand in. What lacks is received too, and named', prefilled: 'Filled from place, system and earlier filings', papers: 'Papers', progress: '{{have}} of {{of}} there', submit: 'Hand in', submitted: 'Received by public security: {{number}}', keptOnly: 'Kept; it is received once the local organ is on record', toOrgan: 'Goes to {{organ}}', noOrgan: 'No county public security organ is on record for the place: it is kept, not received', will: 'This makes a receipt, and the term of the site visit runs from the next day', again: 'Replace', add: 'Add a type', kindOf: 'Type', count: 'Number',
      unit: 'The unit', system: 'The system', operation: 'Operation', devices: 'Cameras',
    },
    sheet: {
      unit_name: 'Unit', unit_code: 'Unified social credit code', unit_kind: 'Kind and sector', legal_representative: 'Legal representative', safety_officer: 'Responsible for safety', safety_telephone: 'Telephone (safety)', agent: 'Handled by', agent_telephone: 'Telephone (handled by)', system_name: 'System', built_by: 'Built by', place_name: 'Place', category: 'Category of the place', address: 'Address', coordinates: 'Coordinates', delivered_on: 'Delivered for use on', entrances: 'Entrances and exits', storage_kind: 'Kind of storage', storage_capacity: 'Capacity', retention: 'Retention', network: 'Network', monitoring_room: 'Monitoring room', duty: 'Duty', accepted_on: 'Accepted on', acceptance: 'Result of acceptance', signs: 'Signs', forbidden_places: 'Own check for forbidden places',
    },
    visit: {
      title: 'Site visit', print: 'Visit record', on: 'Day of the visit', officers: 'Officers (two or more)', officer: 'Name', workId: 'Work ID', present: 'Present for the unit', items: 'What was looked at', guidance: 'Guidance', conclusion: 'Conclusion', photographs: 'Photographs', photograph: 'Take a photograph', needPhotograph: 'One photograph of the place at least', submit: 'Hand in the record', done: 'The visit is on record', offline: 'No network: kept on this device. Hand it in when it is back; it is recorded once', note: 'Note', due: 'Visit due by', seen: { right: 'right', wrong: 'wrong', not_seen: 'not looked at', not_applicable: 'not applicable' }, will: 'The unit sees the guidance; what is wrong becomes a finding', record: 'Record a site visit',
    },
  },
}
