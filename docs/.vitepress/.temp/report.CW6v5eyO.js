const _imports_0 = "/assets/report.D3gramNK.png";
export {
  _imports_0 as _
};
