/** A private person's viewing at the counter (national regulation, article 21). */
export const privately = {
  'zh-CN': {
    private: {
      title: '个人查阅', one: '个人查阅', purpose: '本人、近亲属或者监护、看护、代管责任人为保护生命健康、财产安全，经管理单位同意，在陪同下查看关联的录像；只看，不复制', new: '受理申请', empty: '还没有个人查阅申请',
      forbidden: '施行中的文件没有规定个人可以查阅，不能受理。', destroyed: '已按保存期限销毁', number: '编号', applicant: '申请人', asked: '申请时间', period: '录像时段', why: '事由', cameras: '摄像机', staff: '受理人', consenter: '单位同意人', decided: '决定时间', until: '同意有效期至', note: '决定说明', paper: '身份证明', paperNumber: '证件号码', relation: '与当事人关系', concerned: '当事人姓名', ground: '保护的权益', companion: '陪同人', keepUntil: '登记表保存至',
      paperOf: { 'id-card': '居民身份证', 'residence-permit': '居住证', passport: '护照', other: '其他有效证件' },
      state: { asked: '待同意', consented: '已同意', refused: '不同意', withdrawn: '已撤回', expired: '已到期', completed: '已办结' },
      step: { who: '申请人', what: '事由和录像', check: '核对' }, next: '下一步', back: '上一步', submit: '受理', formPurpose: '在柜台当面填写；提交后由本单位另一人决定是否同意',
      numberHint: '只保留后四位，其余不存储', whyHint: '例如：11 月 20 日 14 时许在大厅遗失背包', longest: '须已经过去，最长 {{hours}} 小时', follows: '提交后，所申请时段的录像在办结前不会删除；须由本单位另一名有权人员同意后才能查看，查看前登记。',
      facts: '申请', decide: '是否同意', decideHint: '可以只同意其中的摄像机、时段。受理人不能同意自己受理的申请。', masking: '遮挡其他人员', maskingHint: '查看前在画面上画出遮挡，未遮挡的画面不会送到屏幕', consent: '同意查阅', refuse: '不同意', notePlaceholder: '不同意时须写明理由', waiting: '等待本单位另一名有权人员（主要负责人或者管理人员）决定。',
      withdraw: '撤回', withdrawTitle: '撤回申请或者同意', withdrawWhy: '撤回原因', withdrawFollows: '正在查看的画面将在几秒内结束。',
      scans: '文件', scanIdentity: '上传身份证明扫描件', scanSheet: '上传签字的登记表', noScan: '还没有扫描件', kind: { identity: '身份证明', sheet: '签字的登记表' },
      masks: '遮挡', maskCamera: '摄像机', masksNone: '未设遮挡', masksSet: '{{n}} 个遮挡', still: '打开画面', stillFollows: '将以本人名义登记一次回放，用于设置遮挡。', stillPurpose: '为个人查阅 {{number}} 设置遮挡', moment: '画面时刻', hint: '拖动、方向键（按住 Shift 微调）或者填数移动；遮挡在整个时段内不动。', saveMasks: '保存遮挡', saved: '已保存', asSeen: '按查看时显示',
      view: '查看', promise: '查阅人承诺', promised: '查阅人已阅读并作出承诺', place: '查看地点', placePlaceholder: '例如：一楼接待室', outside: '在监看场所以外进行', choose: '选择摄像机', start: '登记并开始查看', sitting: '在您的会话中进行，您为陪同人；最长 {{minutes}} 分钟，自动结束。画面带登记号水印，不能截图、导出。', needMasks: '还有摄像机没有设置遮挡，先画遮挡。',
      sittings: '查看记录', noSitting: '还没有查看', began: '开始', ended: '结束', seconds: '实际时长', going: '查看中', entry: '登记号',
      sign: '签字办结', signHint: '申请人确认登记表内容，在屏幕上填写自己的姓名，或者在打印的登记表上签字后上传；您作为陪同人以本次登录签字。', how: '申请人签字方式', howOf: { screen: '屏幕', paper: '纸质' }, signName: '申请人姓名（由本人填写）', outcome: '查看结果', outcomePlaceholder: '例如：看到背包被人拿走，已建议报案', signNow: '签字', print: '打印登记表', fingerprint: '登记表校验值',
    },
  },
  'en-US': {
    private: {
      title: 'Private viewing', one: 'Private viewing', purpose: 'The person concerned, near relatives, and who has guardianship, care or custody view related footage to protect life, health or property, with the unit’s consent and accompanied; viewing alone, no copy', new: 'Take down an application', empty: 'No private person has applied yet',
      forbidden: 'The text in force names no private person who may view; nothing can be taken down.', destroyed: 'destroyed at the end of its term', number: 'Number', applicant: 'Applicant', asked: 'Applied', period: 'Footage', why: 'Reason', cameras: 'Cameras', staff: 'Received by', consenter: 'Decided by', decided: 'Decided', until: 'Consent ends', note: 'What was said', paper: 'Proof of identity', paperNumber: 'Number of the paper', relation: 'Relation', concerned: 'Person concerned', ground: 'To protect', companion: 'Accompanied by', keepUntil: 'Sheet kept until',
      paperOf: { 'id-card': 'identity card', 'residence-permit': 'residence permit', passport: 'passport', other: 'another valid paper' },
      state: { asked: 'awaits consent', consented: 'consented', refused: 'refused', withdrawn: 'withdrawn', expired: 'run out', completed: 'completed' },
      step: { who: 'Applicant', what: 'Reason and footage', check: 'Check' }, next: 'Next', back: 'Back', submit: 'Take down', formPurpose: 'Filled in at the counter, face to face; another person of the unit then decides',
      numberHint: 'Only its last four signs are kept', whyHint: 'e.g. lost a bag in the hall on 20 November, about 14:00', longest: 'in the past, {{hours}} hours at most', follows: 'The footage asked for is not deleted until this is completed. Another person of the unit has to consent; each viewing is entered before it begins.',
      facts: 'Application', decide: 'Consent or not', decideHint: 'You may consent to some of the cameras or seconds. Nobody decides on what he took down himself.', masking: 'Mask others', maskingHint: 'Masks are drawn on a still before the viewing; what lies under them never reaches the screen', consent: 'Consent', refuse: 'Refuse', notePlaceholder: 'A refusal needs its reason', waiting: 'Another person of the unit decides: its head or its management.',
      withdraw: 'Take back', withdrawTitle: 'Take back the application or the consent', withdrawWhy: 'Why', withdrawFollows: 'Pictures on the screen end within seconds.',
      scans: 'Files', scanIdentity: 'Upload the proof of identity', scanSheet: 'Upload the signed sheet', noScan: 'No scan yet', kind: { identity: 'proof of identity', sheet: 'signed sheet' },
      masks: 'Masks', maskCamera: 'Camera', masksNone: 'no mask', masksSet: '{{n}} masks', still: 'Open the picture', stillFollows: 'This enters a playback of your own, for drawing masks.', stillPurpose: 'Masks for private viewing {{number}}', moment: 'Moment of the picture', hint: 'Drag, use the arrow keys (with Shift in small steps) or type numbers. The masks stand still over the whole footage.', saveMasks: 'Save the masks', saved: 'Saved', asSeen: 'As it will be seen',
      view: 'Viewing', promise: 'The applicant’s promise', promised: 'The applicant read the promise and gave it', place: 'Where', placePlaceholder: 'e.g. reception room, ground floor', outside: 'Outside the monitoring room', choose: 'Choose cameras', start: 'Enter and begin', sitting: 'It runs in your session and you accompany it; {{minutes}} minutes at most, then it ends by itself. The pictures bear the entry’s number; there is no snapshot and no export.', needMasks: 'Some cameras have no masks yet: draw them first.',
      sittings: 'Viewed', noSitting: 'Nothing was viewed yet', began: 'Began', ended: 'Ended', seconds: 'Really seen', going: 'going on', entry: 'Entry',
      sign: 'Sign and complete', signHint: 'The applicant checks the sheet and writes the own name on the screen, or signs the printed sheet, which is uploaded; you sign as companion with this session.', how: 'The applicant signs', howOf: { screen: 'on the screen', paper: 'on paper' }, signName: 'Applicant’s name (written by the applicant)', outcome: 'Result', outcomePlaceholder: 'e.g. saw who took the bag; advised to report it', signNow: 'Sign', print: 'Print the sheet', fingerprint: 'Fingerprint of the sheet',
    },
  },
}
