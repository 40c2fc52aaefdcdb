/** Requests, approval, ceremony, export. */
export const access = {
  'zh-CN': {
    access: {
      title: '调取复制申请', purpose: '申请、批准、两名人员共同实施、交付、登记', show: '显示', part: { open: '办理中', todo: '待我办理', all: '全部' }, new: '提出申请', empty: '没有符合条件的申请',
      number: '编号', organ: '申请机关', requester: '申请人', approver: '批准人', use: '用途', usePlaceholder: '为何需要这段录像', destination: '去向', destinationPlaceholder: '录像交给哪个机关、存入哪个案卷', period: '录像时段', periodHint: '可直接输入；时区 {{zone}}',
      basis: '法律依据', basisPlaceholder: '条文、立案或者批准文书编号', formTitle: '提出调取复制申请', formPurpose: '只写所需的摄像机和时段；批准前看不到画面', follows: '提交后', followsText: '申请进入登记并等待批准；批准后须由 2 名以上人员共同实施。', submit: '提交申请',
      request: '申请', facts: '申请内容', history: '办理记录', presence: '执法人员签到', signedAt: '{{time}} 签到', holds: '{{left}} 内有效', missing: '还差 {{n}} 名执法人员签到', open: '可以实施，{{left}} 后须重新签到',
      signHint: '执法人员在此用本人的用户名、密码和动态口令签到；不会更换当前登录。', sign: '签到', package: '证据包', outcome: '核验结论', eta: '约剩 {{time}}', missingSeconds: '其中缺 {{time}}', cancelExport: '取消制作', download: '下载证据包',
      downloadClosed: '两名执法人员签到有效期内，方可由单位管理人员下载', progress: '进度', exportsPurpose: '证据包的制作进度与校验值', noExports: '还没有制作过证据包',
      narrowCameras: '批准的摄像机（可缩小）', narrowPeriod: '批准的时段（可缩小）', comment: '批准意见', reason: '驳回理由', refuseHint: '材料不全可以驳回并说明所缺；不得拒绝合法的申请。', done: '已办理：{{step}}',
      officers: '执法人员', officersHint: '写明申请机关派出的 2 名以上不同人员', officer: '第 {{n}} 名执法人员', moreOfficers: '再加一名', removeOfficer: '去掉', twoOfficers: '须有 2 名以上人员共同实施', useShort: '至少 4 个字，写明事由', approvedUntil: '批准有效期至',
      effect: { approve: '此操作将生成登记，申请可由 2 名执法人员共同实施。', refuse: '此操作将生成登记，申请到此结束。', withdraw: '此操作将生成登记，申请到此结束。', export: '此操作将生成复制登记，并开始制作证据包。', complete: '双方已在登记表上签字后办结；此后不能再下载。' },
    },
    requestState: { submitted: '待批准', approved: '已批准，待实施', refused: '已驳回', withdrawn: '已撤回', expired: '批准已到期', exporting: '正在制作', ready: '制作完成，待交付', delivered: '已交付', completed: '已办结' },
    exportState: { queued: '排队中', building: '正在制作', 'waiting-checkpoint': '等待账本检查点', done: '已完成', failed: '失败', cancelled: '已取消' },
    act: {
      access_submitted: '提交申请', access_approved: '批准', access_refused: '驳回', access_withdrawn: '撤回', access_expired: '批准到期', access_reported: '报告使用情况', access_on_paper: '登记纸质批准', visit_began: '开始现场执行', visit_ended: '结束现场执行', papers_checked: '核验证件、文件', officer_present: '执法人员签到', copy_registered: '复制登记，开始制作证据包', package_built: '证据包制作完成', package_handed_over: '交付证据包',
      access_completed: '办结', export_cancelled: '取消制作', export_failed: '制作失败',
    },
  },
  'en-US': {
    access: {
      title: 'Copy requests', purpose: 'Request, approval, execution by two officers, hand-over, register', show: 'Show', part: { open: 'Open', todo: 'Mine to act on', all: 'All' }, new: 'Make a request', empty: 'No request fits',
      number: 'Number', organ: 'Requesting organ', requester: 'Requester', approver: 'Approver', use: 'Purpose', usePlaceholder: 'Why this footage is needed', destination: 'Destination', destinationPlaceholder: 'Which organ and which file receives it', period: 'Footage period', periodHint: 'May be typed; zone {{zone}}',
      basis: 'Legal basis', basisPlaceholder: 'Article, case or approval document number', formTitle: 'Request a copy', formPurpose: 'Name only the cameras and the period needed; no picture is seen before approval', follows: 'What follows', followsText: 'The request is registered and waits for approval; then at least two officers execute it together.', submit: 'Submit request',
      request: 'Request', facts: 'What is asked', history: 'History', presence: 'Officers present', signedAt: 'signed {{time}}', holds: 'holds {{left}}', missing: '{{n}} more officer(s) must sign', open: 'May be executed; sign again in {{left}}',
      signHint: 'The officer signs here with his own name, password and one-time code; the present session stays.', sign: 'Sign', package: 'Evidence package', outcome: 'Verification outcome', eta: 'about {{time}} left', missingSeconds: '{{time}} missing', cancelExport: 'Cancel building', download: 'Download package',
      downloadClosed: 'The unit manager can download while two officers are present', progress: 'Progress', exportsPurpose: 'Progress and hashes of evidence packages', noExports: 'No package has been built yet',
      narrowCameras: 'Approved cameras (may be narrowed)', narrowPeriod: 'Approved period (may be narrowed)', comment: 'Comment', reason: 'Reason of refusal', refuseHint: 'Incomplete papers may be refused, saying what lacks; a lawful request may not.', done: 'Done: {{step}}',
      officers: 'Officers', officersHint: 'Two or more different officers of the organ', officer: 'Officer {{n}}', moreOfficers: 'One more', removeOfficer: 'Remove', twoOfficers: 'Two or more persons must act together', useShort: 'At least 4 characters, saying why', approvedUntil: 'Approval ends',
      effect: { approve: 'This writes a register entry; two officers may then execute the request together.', refuse: 'This writes a register entry and ends the request.', withdraw: 'This writes a register entry and ends the request.', export: 'This writes a copy entry in the register and starts building the package.', complete: 'Complete after both sides signed the register form; no download afterwards.' },
    },
    requestState: { submitted: 'waiting for approval', approved: 'approved, to be executed', refused: 'refused', withdrawn: 'withdrawn', expired: 'approval expired', exporting: 'being built', ready: 'built, to be handed over', delivered: 'handed over', completed: 'completed' },
    exportState: { queued: 'queued', building: 'building', 'waiting-checkpoint': 'waiting for the checkpoint', done: 'done', failed: 'failed', cancelled: 'cancelled' },
    act: {
      access_submitted: 'Submitted', access_approved: 'Approved', access_refused: 'Refused', access_withdrawn: 'Withdrawn', access_expired: 'Approval expired', access_reported: 'Use reported', access_on_paper: 'Approval on paper recorded', visit_began: 'Visit began', visit_ended: 'Visit ended', papers_checked: 'Papers checked', officer_present: 'Officer signed', copy_registered: 'Copy registered, building begins', package_built: 'Package built', package_handed_over: 'Package handed over',
      access_completed: 'Completed', export_cancelled: 'Building cancelled', export_failed: 'Building failed',
    },
  },
}
