/** The auditor's page and the page of rights; they come with their pages. */
export const audit = {
  'zh-CN': {
    audit: {
      purpose: '谁、何时、为什么看了什么；查询本身也记入账本', result: '结果', seen: '出了画面的', refused: '被拒绝的',
      summary: '合计', total: '{{n}} 条', period: '{{from}} 至 {{to}}', entered: '本次查询已记入账本第 {{entry}} 号', byDay: '每天', byOrgan: '按机关、单位', byKind: '按事项', ownPeople: '本单位人员', extent: '数量', table: '以表格显示', barDay: '{{day}}：{{n}} 条',
      questions: '疑点查询', questionsHint: '只看谁在什么时候看了哪些摄像机，从不涉及画面中的人。查到的是需要过问的理由，不是结论。未选时间的查最近 30 天，最长 31 天。', ask: '查询', none: '没有发现', found: '发现 {{n}} 项', cut: '数量超过一次查询的上限，请缩短时间段',
      question: {
        night: '夜间回看', cameras: '短时间看很多摄像机', refused: '连续被拒绝', unreported: '未按期报告使用情况', expiring: '录像到期前查看',
      },
      figures: {
        night: '{{from_hour}} 时至次日 {{to_hour}} 时，本单位人员的回放、抓拍、复制。值守实时查看、外单位凭批准的查看和个人查阅不计。系统没有报警和排班记录可以比对，事由看登记的用途', cameras: '同一人 {{minutes}} 分钟内打开 {{cameras}} 路以上不同的摄像机', refused: '同一人连续被拒绝 {{times}} 次以上，每次相隔不超过 {{minutes}} 分钟', unreported: '复制、调取后到了应报告的日期（宽限 {{days}} 天）仍未报告使用、归还或者销毁', expiring: '本单位人员查看的录像距法定保存期满不足 {{hours}} 小时',
      },
      told: {
        cameras: '{{n}} 路摄像机', refused: '{{n}} 次', unreported: '逾期 {{n}} 天',
      },
      chain: '账本记录', chainHint: '这条登记、它的申请和执行在账本中的全部记录（其他单位的记录由其审计管理员核对）', chainNone: '账本中没有本单位可读的记录', open: '打开完整页面', request: '申请、批准与登记表', act: '操作', reason: '理由', emptyRefused: '没有被拒绝的操作', ledgerEntry: '账本记录',
    },
    rights: {
      purpose: '一个人为什么能看、为什么不能看；一路摄像机谁能看。每次查询都记入账本。', why: '为什么', ofCamera: '谁能看这路摄像机', ofPerson: '这个人能看什么', person: '人员', act: '操作', object: '对象', kind: '对象种类', ask: '查询', camera: '摄像机', place: '场所', unit: '本单位',
      verdict: { yes: '可以', if: '备齐所需后可以', no: '不可以' }, sentence: '{{person}}：{{act}} — {{object}}', at: '按 {{time}} 的岗位、批准判断',
      standing: { met: '符合', needed: '办理时须备', missing: '缺少' },
      line: { account: '账号', role: '岗位', relation: '关系', condition: '条件', obligation: '义务' },
      nobody: '没有人能看', nothing: '什么也不能看', people: '{{n}} 人能看', cameras: '{{n}} 路摄像机', approvals: '正在有效的批准', noApproval: '现在没有有效的批准', until: '至 {{time}}', officers: '人员', approver: '批准人', choose: '请选择', askWhy: '为什么',
      scope: '只查询本单位的人员；外单位人员只凭批准查看，见“正在有效的批准”。',
    },
    rightAct: {
      view_live: '实时查看', view_playback: '回放查阅', view_snapshot: '抓拍', view_under: '凭批准查看', access_export: '凭批准复制', camera_timeline: '查看录像时间轴', camera_list: '查看摄像机台账', camera_change: '修改摄像机', camera_move: '移动摄像机',
      place_list: '查看场所', place_change: '修改场所', system_list: '查看视频系统', filing_list: '查看备案', coverage_see: '查看覆盖情况', duty_watch: '查看到期事项',
      access_submit: '提交申请', access_approve: '批准申请', register_read: '查阅登记簿', ledger_read: '查阅账本', people_change: '管理账号', post_give: '登记任职',
    },
  },
  'en-US': {
    audit: {
      purpose: 'Who saw what, when and why; each question enters the ledger as well', result: 'Result', seen: 'Was shown', refused: 'Was refused',
      summary: 'In all', total: '{{n}} entries', period: '{{from}} to {{to}}', entered: 'This question is entry {{entry}} of the ledger', byDay: 'Each day', byOrgan: 'By organ or unit', byKind: 'By kind', ownPeople: 'The unit’s own people', extent: 'How many', table: 'As a table', barDay: '{{day}}: {{n}} entries',
      questions: 'Saved questions', questionsHint: 'They read who looked at which cameras and when, never who is in a picture. What they find is a reason to ask, no verdict. Without a period the last 30 days, 31 at most.', ask: 'Ask', none: 'Nothing found', found: '{{n}} found', cut: 'More than one answer holds: ask for a shorter period',
      question: {
        night: 'Playback at night', cameras: 'Many cameras in a short time', refused: 'Refused again and again', unreported: 'Use not reported in time', expiring: 'Looked at just before it expires',
      },
      figures: {
        night: 'Playback, snapshots and copies by the unit’s own people between {{from_hour}}:00 and {{to_hour}}:00. Live watching, others’ viewing under an approval and private viewing are left out. There are no alarms or shifts here to compare with: the reason is the purpose in the register', cameras: '{{cameras}} or more different cameras by one person within {{minutes}} minutes', refused: '{{times}} or more refusals of one person, no more than {{minutes}} minutes apart', unreported: 'Copied or retrieved, and use, return or destruction not reported by its day ({{days}} days of grace)', expiring: 'Footage with less than {{hours}} hours of its lawful days left, looked at by the unit’s own people',
      },
      told: {
        cameras: '{{n}} cameras', refused: '{{n}} times', unreported: '{{n}} days late',
      },
      chain: 'In the ledger', chainHint: 'All that the ledger has about this entry, its request and its visit (entries of other units are checked by their auditors)', chainNone: 'The ledger has nothing here that your unit may read', open: 'Open the whole page', request: 'Request, approval and form', act: 'Act', reason: 'Reason', emptyRefused: 'Nothing was refused', ledgerEntry: 'Ledger entry',
    },
    rights: {
      purpose: 'Why somebody may see, or may not; who may see a camera. Each question enters the ledger.', why: 'Why', ofCamera: 'Who sees a camera', ofPerson: 'What one may see', person: 'Person', act: 'Act', object: 'Object', kind: 'Kind of object', ask: 'Ask', camera: 'Camera', place: 'Place', unit: 'The own unit',
      verdict: { yes: 'May', if: 'May, once the rest is brought', no: 'May not' }, sentence: '{{person}}: {{act}} — {{object}}', at: 'by roles, posts and approvals of {{time}}',
      standing: { met: 'met', needed: 'needed when done', missing: 'missing' },
      line: { account: 'Account', role: 'Role', relation: 'Relation', condition: 'Condition', obligation: 'Obligation' },
      nobody: 'Nobody may see it', nothing: 'May see nothing', people: '{{n}} may see', cameras: '{{n}} cameras', approvals: 'Approvals in force', noApproval: 'No approval is in force', until: 'until {{time}}', officers: 'Persons', approver: 'Approved by', choose: 'Choose', askWhy: 'Why',
      scope: 'About the people of the own unit; others see only under an approval, see “Approvals in force”.',
    },
    rightAct: {
      view_live: 'View live', view_playback: 'Play back', view_snapshot: 'Take a snapshot', view_under: 'View under an approval', access_export: 'Copy under an approval', camera_timeline: 'See the timeline', camera_list: 'See the camera’s record', camera_change: 'Change the camera', camera_move: 'Move the camera',
      place_list: 'See the place', place_change: 'Change the place', system_list: 'See the video system', filing_list: 'See the filing', coverage_see: 'See the coverage', duty_watch: 'See what is due',
      access_submit: 'Submit a request', access_approve: 'Approve a request', register_read: 'Read the register', ledger_read: 'Read the ledger', people_change: 'Keep accounts', post_give: 'Record a post',
    },
  },
}
