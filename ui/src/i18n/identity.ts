/** Who one is: factors, sessions, keys, the rules of credentials. */
export const identity = {
  'zh-CN': {
    stepUp: { title: '再次验证本人身份', why: '批准、导出、现场执行和更改权限前，须在十分钟内验证过本人身份。', submit: '验证并继续' },
    administrators: {
      addNote: '系统管理员只建立账号；岗位由安全管理员授予，本人用一次性代码设置自己的口令。', workId: '工作证号', workIdHint: '用来识别同一人的两个账号，只保存其散列；可不填', first: '首任管理员', firstHint: '本单位还没有的安全、审计管理员由系统管理员各指定一名，之后不再由其授予',
      grantsPurpose: '授予和收回岗位，登记任职；账号由系统管理员建立', missing: '还没有{{roles}}', missingHint: '系统、安全、审计管理员由三个人担任，互不兼任，都不因其身份看到录像。请先建立他们的账号。',
      askFollows: '此操作记入账本；另一种管理员核实本人后确认，原凭证才作废', why: '原因', waiting: '待确认的凭证恢复', waitingHint: '核实本人在场后确认；一次性代码当面交给本人', asked: '{{name}} 于 {{time}} 提出，{{until}} 前有效', confirm: '确认', confirmAsk: '{{name}} 本人在场，确认作废其原凭证？',
    },
  },
  'en-US': {
    stepUp: { title: 'Prove again who you are', why: 'Approving, exporting, executing on site and changing rights need a proof of who you are that is no older than ten minutes.', submit: 'Prove and go on' },
    administrators: {
      addNote: 'The system administrator makes accounts; the security administrator grants roles, and the person sets the own password with a one-time code.', workId: 'Work ID number', workIdHint: 'tells two accounts of one person; only its hash is kept; optional', first: 'First administrator', firstHint: 'a unit without them gets its first security and audit administrator here, one each, and never again',
      grantsPurpose: 'Grant and withdraw roles, record posts; the system administrator makes the accounts', missing: 'There is no {{roles}} yet', missingHint: 'System, security and audit administrator are three persons, who hold no other role and see no video by being such. Please make their accounts first.',
      askFollows: 'This enters the ledger; the old credentials end when an administrator of another kind has seen the person and confirms', why: 'Reason', waiting: 'Credentials to be restored', waitingHint: 'Confirm when the person stands before you; hand the one-time code over in person', asked: '{{name}} asked at {{time}}, good until {{until}}', confirm: 'Confirm', confirmAsk: 'Is {{name}} here, and may the old credentials end?',
    },
  },
}
