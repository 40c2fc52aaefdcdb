/** Verifying a package in the browser. */
export const evidence = {
  'zh-CN': {
    verify: {
      title: '核验证据包', purpose: '在本机浏览器内核验，文件不上传', independent: '独立核验请用包内的 verify.py', independentHint: '本页由出具证据包的系统提供，只便于快速查看。独立的结论以第三方在自己的电脑上运行 verify.py 为准：',
      package: '证据包（zip）或者封装包（sealed）', drop: '也可以拖放到此处', shares: '封装包须用两名执法人员各自的密钥份额打开', sharesHint: '份额只在本机使用，不会发送', share: '密钥份额 {{letter}}', anchors: '信任锚（anchors.json）', anchorsHint: '请从出具机关以外的渠道取得，不要用包内的文件', choose: '选择文件', start: '开始核验', reading: '正在核验：{{file}}', stream: '{{stream}}：应有 {{asked}}，缺 {{missing}}', witness: '见证 {{name}}：{{time}}', details: '核验事项', noAnchors: '没有信任锚，无法判定签名人', chosen: '已选 {{name}}（{{size}}）', failed: '核验未能完成',
    },
    outcome: { VERIFIED: '核验通过', NOT_VERIFIED: '核验未通过', VERIFIED_WITH_GAPS: '核验通过，录像有缺口', CANNOT_DECIDE: '无法判定' },
  },
  'en-US': {
    verify: {
      title: 'Verify a package', purpose: 'Verified inside this browser; no file is uploaded', independent: 'The independent check is verify.py inside the package', independentHint: 'This page comes from the system that issued the package and is a convenience. What counts is a third party running verify.py on a computer of its own:',
      package: 'Evidence package (zip), or sealed', drop: 'Or drop it here', shares: 'A sealed package opens with the shares of both officers', sharesHint: 'Used in this browser alone, sent nowhere', share: 'Share {{letter}}', anchors: 'Trust anchors (anchors.json)', anchorsHint: 'Get them by a way outside the issuing organ, not from the package', choose: 'Choose a file', start: 'Verify', reading: 'Verifying: {{file}}', stream: '{{stream}}: {{asked}} asked, {{missing}} missing', witness: 'Witness {{name}}: {{time}}', details: 'What was checked', noAnchors: 'Without trust anchors nobody can say who signed', chosen: '{{name}} chosen ({{size}})', failed: 'Verification could not finish',
    },
    outcome: { VERIFIED: 'VERIFIED', NOT_VERIFIED: 'NOT VERIFIED', VERIFIED_WITH_GAPS: 'VERIFIED WITH GAPS', CANNOT_DECIDE: 'CANNOT DECIDE' },
  },
}
