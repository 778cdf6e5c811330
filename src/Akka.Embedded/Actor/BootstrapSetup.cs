using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The configuration of a new actor system.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Config config) => Configuration = config;

    internal Config Configuration { get; }

    public static BootstrapSetup Create() => new(Config.Empty);

    public BootstrapSetup WithConfig(Config config) => new(config);

    /// <summary>Adds a fallback for keys that the configuration lacks.</summary>
    public BootstrapSetup WithConfigFallback(Config config) => new(Configuration.WithFallback(config));
}
