import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Function: logitsHead()","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/functions/logitsHead.md","filePath":"docs/api/functions/logitsHead.md"}');
const _sfc_main = { name: "docs/api/functions/logitsHead.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="function-logitshead" tabindex="-1">Function: logitsHead() <a class="header-anchor" href="#function-logitshead" aria-label="Permalink to &quot;Function: logitsHead()&quot;">​</a></h1><div class="language-ts vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">ts</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">function</span><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;"> logitsHead</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">(</span></span>
<span class="line"><span style="--shiki-light:#E36209;--shiki-dark:#FFAB70;">   embedding</span><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">:</span><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;"> SymbolicTensor</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">, </span></span>
<span class="line"><span style="--shiki-light:#E36209;--shiki-dark:#FFAB70;">   __namedParameters</span><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">:</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> object</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">, </span></span>
<span class="line"><span style="--shiki-light:#E36209;--shiki-dark:#FFAB70;">   seed</span><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">:</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> number</span></span>
<span class="line"><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">)</span><span style="--shiki-light:#D73A49;--shiki-dark:#F97583;">:</span><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;"> SymbolicTensor</span><span style="--shiki-light:#24292E;--shiki-dark:#E1E4E8;">;</span></span></code></pre></div><p><code>[batch, features]</code> to <code>[batch, nLogits]</code> by the layer <code>logits</code>, after <code>hidden</code> where there is one. <code>seed</code> is the model&#39;s.</p><h2 id="parameters" tabindex="-1">Parameters <a class="header-anchor" href="#parameters" aria-label="Permalink to &quot;Parameters&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Parameter</th><th>Type</th></tr></thead><tbody><tr><td><code>embedding</code></td><td><code>SymbolicTensor</code></td></tr><tr><td><code>__namedParameters</code></td><td>{ <code>head</code>: | { <code>type</code>: <code>&quot;linear&quot;</code>; } | { <code>activation</code>: <code>&quot;none&quot;</code> | <code>&quot;relu&quot;</code>; <code>dropout</code>: <code>number</code>; <code>type</code>: <code>&quot;mlp&quot;</code>; <code>units</code>: <code>number</code>; } | { <code>type</code>: <code>&quot;cosine&quot;</code>; }; <code>nLogits</code>: <code>number</code>; }</td></tr><tr><td><code>__namedParameters.head</code></td><td>| { <code>type</code>: <code>&quot;linear&quot;</code>; } | { <code>activation</code>: <code>&quot;none&quot;</code> | <code>&quot;relu&quot;</code>; <code>dropout</code>: <code>number</code>; <code>type</code>: <code>&quot;mlp&quot;</code>; <code>units</code>: <code>number</code>; } | { <code>type</code>: <code>&quot;cosine&quot;</code>; }</td></tr><tr><td><code>__namedParameters.nLogits</code></td><td><code>number</code></td></tr><tr><td><code>seed</code></td><td><code>number</code></td></tr></tbody></table><h2 id="returns" tabindex="-1">Returns <a class="header-anchor" href="#returns" aria-label="Permalink to &quot;Returns&quot;">​</a></h2><p><code>SymbolicTensor</code></p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/functions/logitsHead.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const logitsHead = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  logitsHead as default
};
