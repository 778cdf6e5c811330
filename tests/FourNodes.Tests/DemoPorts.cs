namespace FourNodes.Tests;

/// <summary>The demo's four ports are fixed, so its tests run one after another.</summary>
[CollectionDefinition(nameof(DemoPorts), DisableParallelization = true)]
public sealed class DemoPorts;
