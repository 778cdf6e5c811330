namespace FourNodes.Tests;

/// <summary>The demo has four fixed ports, so its tests run one after the other.</summary>
[CollectionDefinition(nameof(DemoPorts), DisableParallelization = true)]
public sealed class DemoPorts;
