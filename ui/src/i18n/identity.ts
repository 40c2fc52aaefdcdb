/** Who one is: factors, sessions, keys, the rules of credentials. */
export const identity = {
  'zh-CN': {
    stepUp: { title: '再次验证本人身份', why: '批准、导出、现场执行和更改权限前，须在十分钟内验证过本人身份。', submit: '验证并继续' },
  },
  'en-US': {
    stepUp: { title: 'Prove again who you are', why: 'Approving, exporting, executing on site and changing rights need a proof of who you are that is no older than ten minutes.', submit: 'Prove and go on' },
  },
}
