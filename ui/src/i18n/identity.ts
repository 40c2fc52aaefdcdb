/** Who one is: factors, sessions, keys, the rules of credentials. */
export const identity = {
  'zh-CN': {
    password: {
      title: '密码', change: '更改密码', now: '现用密码', new: '新密码', follows: '更改后其他登录会话立即结束，本会话继续；此操作记入账本', stale: '密码已到更换期限', staleHint: '设置新密码之前不能办理其他事项；设置后本会话即可使用。', inForce: '现行规则：{{rules}}',
      rules: { asvs: '长密码加第二因素（不限定字符种类，不定期更换）', 'level-3': '网络安全等级保护第三级' },
      level3: '至少 {{shortest}} 个字符，含大写字母、小写字母、数字、其他字符中的至少 {{kinds}} 种；每 {{days}} 天更换，不得与最近 {{remembered}} 次相同；{{idle}} 分钟不操作即退出。',
    },
    spot: {
      open: '没有账号的人员当场登记', title: '当场登记没有账号的人员', hint: '单位管理人员核对{{organ}}人员的工作证件和单位证明后登记，交给其一次性代码；代码一小时内签到一次，不能用来登录。', name: '姓名', workId: '工作证件号',
      scan: '证件、证明扫描件', scanHint: 'PDF、JPEG 或者 PNG；已在本申请中签到过的人员再取代码时不必重传', pick: '拍照或者选择文件', submit: '登记并取得代码', onceHint: '代码只显示这一次，请当面交给本人。', codeFor: '{{person}} · 签到用户名 {{name}}', code: '一次性代码', withCode: '用一次性代码签字', withAccount: '用本人账号签字',
    },
    served: { unit: '单位', own: '本单位', purpose: '没有自己的安全管理员的单位，由本单位代管其岗位和凭证', none: '此单位不由本单位代管：它有自己的安全管理员', open: '人员' },
    stepUp: { title: '再次验证本人身份', why: '批准、导出、现场执行和更改权限前，须在十分钟内验证过本人身份。', submit: '验证并继续' },
    keys: {
      title: '会话与密钥', purpose: '本人的安全密钥和登录会话', keys: '安全密钥', none: '还没有登记安全密钥', add: '登记安全密钥', addFollows: '随后按浏览器的提示插入或者触碰密钥，并输入其 PIN 或者指纹', name: '密钥名称', nameHint: '例如：办公室的密钥', good: '可用', suspended: '已停用：计数倒退，可能被复制',
      since: '{{time}} 登记', used: '最近使用 {{time}}', remove: '删除', removeAsk: '删除“{{name}}”？之后不能再用它登录。', sessions: '登录会话', endOthers: '结束其他会话', here: '本会话', elsewhere: '其他会话', session: '登录 {{began}} · 最近活动 {{seen}} · 最迟 {{ends}} 结束',
      needed: '系统、安全、审计管理员须使用安全密钥', neededHint: '登记一把密钥之前不能办理其他事项；登记后本会话即可使用。', noBrowser: '此处不能使用安全密钥', noBrowserHint: '请用 HTTPS 和主机名打开本系统（IP 地址不行），并使用较新的浏览器。',
      refused: '没有得到安全密钥的答复', refusedRemedy: '可能超时、被取消，或者不是登记过的密钥；请重试', use: '使用安全密钥', signIn: '用密码和安全密钥登录',
    },
    administrators: {
      addNote: '系统管理员只建立账号；岗位由安全管理员授予，本人用一次性代码设置自己的口令。', workId: '工作证号', workIdHint: '用来识别同一人的两个账号，只保存其散列；可不填', first: '首任管理员', firstHint: '本单位还没有的安全、审计管理员由系统管理员各指定一名，之后不再由其授予',
      grantsPurpose: '授予和收回岗位，登记任职；账号由系统管理员建立', missing: '还没有{{roles}}', missingHint: '系统、安全、审计管理员由三个人担任，互不兼任，都不因其身份看到录像。请先建立他们的账号。',
      askFollows: '此操作记入账本；另一种管理员核实本人后确认，原凭证才作废', why: '原因', waiting: '待确认的凭证恢复', waitingHint: '核实本人在场后确认；一次性代码当面交给本人', asked: '{{name}} 于 {{time}} 提出，{{until}} 前有效', confirm: '确认', confirmAsk: '{{name}} 本人在场，确认作废其原凭证？',
    },
  },
  'en-US': {
    password: {
      title: 'Password', change: 'Change password', now: 'Password in use', new: 'New password', follows: 'Your other sessions end at once, this one goes on; the change enters the ledger', stale: 'The password is due to be changed', staleHint: 'Nothing else can be done before a new one is set; this session can then go on.', inForce: 'Rules in force: {{rules}}',
      rules: { asvs: 'long pass-phrase and second factor (no kinds of characters, no rotation)', 'level-3': 'network security protection level 3 (等保三级)' },
      level3: 'At least {{shortest}} characters, of {{kinds}} or more of upper case, lower case, digits and others; changed every {{days}} days, none of the last {{remembered}}; a session ends after {{idle}} minutes without use.',
    },
    spot: {
      open: 'Enrol an officer without account', title: 'Enrol an officer without account', hint: 'After seeing the work ID and certificate of the officer of {{organ}} the staff enrol him and hand him a one-time code; it signs once within the hour and signs nobody in.', name: 'Name', workId: 'Work-ID number',
      scan: 'Scan of work ID and certificate', scanHint: 'PDF, JPEG or PNG; who signed under this request before needs no second scan', pick: 'Photograph or choose a file', submit: 'Enrol and get the code', onceHint: 'The code is shown this once; hand it over in person.', codeFor: '{{person}} · signs as {{name}}', code: 'One-time code', withCode: 'Sign with a one-time code', withAccount: 'Sign with the own account',
    },
    served: { unit: 'Unit', own: 'Own unit', purpose: 'Units without a security administrator of their own are served here: their roles and credentials', none: 'This unit is not served here: it has a security administrator of its own', open: 'People' },
    stepUp: { title: 'Prove again who you are', why: 'Approving, exporting, executing on site and changing rights need a proof of who you are that is no older than ten minutes.', submit: 'Prove and go on' },
    keys: {
      title: 'Sessions and keys', purpose: 'Your security keys and your sessions', keys: 'Security keys', none: 'No security key registered yet', add: 'Register a security key', addFollows: 'The browser then asks you to insert or touch the key and to enter its PIN or show a finger', name: 'Name of the key', nameHint: 'for instance: the key in the office', good: 'good', suspended: 'suspended: its counter went back, it may have been copied',
      since: 'registered {{time}}', used: 'last used {{time}}', remove: 'Remove', removeAsk: 'Remove “{{name}}”? It will sign you in no more.', sessions: 'Sessions', endOthers: 'End the other sessions', here: 'this session', elsewhere: 'another session', session: 'signed in {{began}} · last seen {{seen}} · ends at the latest {{ends}}',
      needed: 'System, security and audit administrators need a security key', neededHint: 'Nothing else can be done before one is registered; this session can then go on.', noBrowser: 'Security keys cannot be used here', noBrowserHint: 'Open this system over HTTPS and by its host name (an IP address does not do), in a recent browser.',
      refused: 'The security key gave no answer', refusedRemedy: 'It took too long, was cancelled, or is not a registered key; try again', use: 'Use a security key', signIn: 'Sign in with password and security key',
    },
    administrators: {
      addNote: 'The system administrator makes accounts; the security administrator grants roles, and the person sets the own password with a one-time code.', workId: 'Work ID number', workIdHint: 'tells two accounts of one person; only its hash is kept; optional', first: 'First administrator', firstHint: 'a unit without them gets its first security and audit administrator here, one each, and never again',
      grantsPurpose: 'Grant and withdraw roles, record posts; the system administrator makes the accounts', missing: 'There is no {{roles}} yet', missingHint: 'System, security and audit administrator are three persons, who hold no other role and see no video by being such. Please make their accounts first.',
      askFollows: 'This enters the ledger; the old credentials end when an administrator of another kind has seen the person and confirms', why: 'Reason', waiting: 'Credentials to be restored', waitingHint: 'Confirm when the person stands before you; hand the one-time code over in person', asked: '{{name}} asked at {{time}}, good until {{until}}', confirm: 'Confirm', confirmAsk: 'Is {{name}} here, and may the old credentials end?',
    },
  },
}
