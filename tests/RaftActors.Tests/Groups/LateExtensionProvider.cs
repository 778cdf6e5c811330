namespace RaftActors.Tests.Groups;

/// <summary>An extension unrelated to Raft that injects its own defaults.</summary>
internal sealed class LateExtensionProvider : ExtensionIdProvider<LateExtensionProvider.LateExtension>
{
    public override LateExtension CreateExtension(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("late-extension.key = value"));
        return new LateExtension();
    }

    internal sealed class LateExtension : IExtension;
}
