namespace RaftActors.Fuzz.Tests;

/// <summary>Tests that run alone: a campaign compares the memory in use before and after it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Campaigns
{
    public const string Name = "Campaigns";
}
