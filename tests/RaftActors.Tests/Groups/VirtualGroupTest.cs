namespace RaftActors.Tests.Groups;

/// <summary>A test with a group in virtual time.</summary>
public abstract class VirtualGroupTest : TestKit
{
    /// <param name="settings">On top of those of <see cref="VirtualGroup"/>.</param>
    private protected VirtualGroupTest(string settings = "", string node = "node1")
        : base(ConfigurationFactory.ParseString(settings).WithFallback(VirtualGroup.ConfigOf(node))) => Group = new VirtualGroup(this);

    private protected VirtualGroup Group { get; }

    private protected string ExplanationOf(string name)
    {
        Group.Actors[name].Tell(new Recorder.Explain(), TestActor);
        return ExpectMsg<Outcome<string>>().Result;
    }
}
