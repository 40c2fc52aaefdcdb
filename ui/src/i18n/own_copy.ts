/** A unit's own copy. */
export const ownCopy = {
  'zh-CN': {
    ownCopy: {
      title: '本单位复制', purpose: '按本单位规章制度复制自己的录像：另一人同意，两名本单位人员共同实施，登记、封装、报告去向', new: '本单位复制', submit: '提交',
      ground: '事由', groundHint: '本单位规章制度中允许复制的事由', noGround: '本单位规章制度还没有允许复制的事由', noGroundHint: '管理人员在“回放事由”中写明哪些事由可以复制：', usePlaceholder: '例如：大堂玻璃门被撞，保险理赔取证',
      goes: { inside: '留在本单位', others: '提供给其他单位、个人', public: '公开、传播' },
      goesHint: { inside: '只在本单位内部使用', others: '法律不允许：执法机关由其提出申请，个人申请查阅', public: '法律不允许：依法需要公开的，制作遮挡副本' },
      destination: '存放处', destinationPlaceholder: '由本单位哪个部门保管、存入哪个卷', follows: '由申请人以外的管理人员或者负责人同意；两名本单位人员在管理人员的页面上共同实施；证据包为两人封装。', signHint: '另一名本单位人员在此用本人的用户名、密码和动态口令签到；当前登录的管理人员同时算作到场。',
      narrowCameras: '同意复制的摄像机（可缩小）', narrowPeriod: '同意复制的时段（可缩小）', comment: '意见', reason: '不同意的理由', approver: '同意人', until: '同意有效期至', presence: '本单位人员签到', missing: '还差 {{n}} 人签到', formComplete: '到场人员已签字', signs: '签字', ownSigns: '{{name}} 签字',
      effect: { approve: '此操作将生成登记，此后可由两名本单位人员共同复制。', refuse: '此操作将生成登记，申请到此结束。', complete: '到场人员在登记表上签字后办结。' },
      act: { access_approved: '同意', access_refused: '不同意', officer_present: '本单位人员签到' },
      requestState: { submitted: '待同意', approved: '已同意，待实施', refused: '不同意', expired: '同意已到期' },
    },
  },
  'en-US': {
    ownCopy: {
      title: 'Own copy', purpose: 'A copy of the own footage by the rules of this unit: another consents, two of the unit make it, it is registered, sealed and reported', new: 'Own copy', submit: 'Submit',
      ground: 'Ground', groundHint: 'A ground for which the rules of this unit allow a copy', noGround: 'The rules of this unit allow no copy yet', noGroundHint: 'Its management writes which grounds allow copies, under the grounds of playback:', usePlaceholder: 'e.g. the lobby door was broken; evidence for the insurance claim',
      goes: { inside: 'Stays with this unit', others: 'Is given to others', public: 'Is published' },
      goesHint: { inside: 'Used inside this unit alone', others: 'Not allowed by law: an organ makes its own request, a private person asks to view', public: 'Not allowed by law: make a redacted copy where publication is lawful' },
      destination: 'Kept at', destinationPlaceholder: 'Which department keeps it, in which file', follows: 'Management other than the applicant, or the head, consents; two of the unit make it on the manager\'s page; the package is sealed for the two.', signHint: 'A second person of the unit signs here with his own name, password and one-time code; the manager who is signed in counts as present with it.',
      narrowCameras: 'Cameras consented to (may be narrowed)', narrowPeriod: 'Period consented to (may be narrowed)', comment: 'Comment', reason: 'Why there is no consent', approver: 'Consent by', until: 'Consent ends', presence: 'Persons of the unit present', missing: '{{n}} more must sign', formComplete: 'signed by all who were present', signs: 'Sign', ownSigns: '{{name}} signs',
      effect: { approve: 'This writes a register entry; two of the unit may then make the copy together.', refuse: 'This writes a register entry and ends the request.', complete: 'Complete after all who were present signed the register form.' },
      act: { access_approved: 'Consented', access_refused: 'Not consented', officer_present: 'A person of the unit signed' },
      requestState: { submitted: 'waiting for consent', approved: 'consented to, to be made', refused: 'no consent', expired: 'consent expired' },
    },
  },
}
