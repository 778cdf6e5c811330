namespace KeyValue.Tests;

/// <summary>Three nodes for all tests that change items only, since their start takes longer than these tests.</summary>
[CollectionDefinition(nameof(SharedNodes))]
public sealed class SharedNodes : ICollectionFixture<ThreeNodes>;
