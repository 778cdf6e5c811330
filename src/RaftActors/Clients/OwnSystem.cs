using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

using RaftActors.Settings;

namespace RaftActors.Clients;

/// <summary>The actor system of a program that has none, for one client.</summary>
internal static class OwnSystem
{
    /// <param name="contacts">Each is <c>host:port</c>.</param>
    /// <param name="settings">Overrides the settings of this method; null: nothing.</param>
    /// <exception cref="ArgumentException">There is no contact.</exception>
    public static ActorSystem Start(IReadOnlyList<string> contacts, Config? settings)
    {
        if (contacts.Count == 0)
        {
            throw new ArgumentException("A client with an actor system of its own needs contacts: host:port.", nameof(contacts));
        }

        var own = ConfigurationFactory.ParseString(
            """
            akka {
              loglevel = ERROR
              log-dead-letters = off
              # The program decides what a signal does. With this hook a signal would stop this system, and the program would go on.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            """);
        var config = (settings?.WithFallback(own) ?? own).WithFallback(ConfigKeys.Defaults);
        return ActorSystem.Create("raft-client", BootstrapSetup.Create().WithConfig(config).And(new ClientsOnly()));
    }
}
