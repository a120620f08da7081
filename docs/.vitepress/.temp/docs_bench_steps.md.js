import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"npm run bench -- steps","description":"","frontmatter":{},"headers":[],"relativePath":"docs/bench/steps.md","filePath":"docs/bench/steps.md"}');
const _sfc_main = { name: "docs/bench/steps.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="npm-run-bench-steps" tabindex="-1">npm run bench -- steps <a class="header-anchor" href="#npm-run-bench-steps" aria-label="Permalink to &quot;npm run bench -- steps&quot;">​</a></h1><p>Medians of rounds by turns; a ratio above 1 means that ours does more in the same time. In brackets the middle half of the rounds.</p><table tabindex="0"><thead><tr><th>what, and beside whom</th><th>ours</th><th>peer</th><th>ratio</th><th>to reach</th></tr></thead><tbody><tr><td>matmul of 2048, PyTorch</td><td>10.3</td><td>7.62</td><td>1.35 (1.16 to 1.38)</td><td></td></tr><tr><td>LCNN train, PyTorch</td><td>3.98</td><td>1.37</td><td>2.90 (2.72 to 3.09)</td><td>2.50</td></tr><tr><td>LCNN train, PyTorch channels_last</td><td>4.16</td><td>1.84</td><td>2.26 (2.12 to 2.51)</td><td>1.67</td></tr><tr><td>LCNN train, TensorFlow.js</td><td>4.25</td><td>0.975</td><td>4.35 (4.24 to 4.64)</td><td>2.00</td></tr><tr><td>LCNN train, ours op by op</td><td>4.32</td><td>2.44</td><td>1.78 (1.64 to 1.86)</td><td></td></tr><tr><td>LCNN forward, PyTorch</td><td>13.2</td><td>4.43</td><td>2.98 (2.96 to 3.16)</td><td>2.00</td></tr><tr><td>LCNN forward, PyTorch channels_last</td><td>12.4</td><td>9.35</td><td>1.33 (1.33 to 1.41)</td><td>1.00</td></tr><tr><td>LCNN train, GFLOP/s beside our matmul&#39;s</td><td>127</td><td>202</td><td>0.63 (0.62 to 0.65)</td><td></td></tr><tr><td>100 dense layers train, op by op</td><td>96.3</td><td>13.2</td><td>7.32 (6.25 to 9.50)</td><td>3.33</td></tr><tr><td>AASIST-L&#39;s encoder train, GFLOP/s beside our matmul&#39;s</td><td>86.3</td><td>192</td><td>0.45 (0.44 to 0.55)</td><td>0.35</td></tr></tbody></table><ul><li>AMD EPYC, 2 cores, Node 20.20.2</li><li>TensorFlow 2.21.0 by the native engine, PyTorch 2.9.1+cu128, 2 threads</li><li>the encoder&#39;s first step, recorded and compiled: 2.5 s, at most 2.5 GiB</li><li>LCNN&#39;s first compiled step, recorded and compiled: 0.55 s</li><li>matmul peak: 176 GFLOP/s</li></ul></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/bench/steps.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const steps = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  steps as default
};
