using Akka.Actor;

using Medallion.Threading;

using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using RaftActors.Coordination;
using RaftActors.Coordination.Adapters;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers interfaces of other libraries on the <see cref="RaftCoordination"/> of the actor system that <c>AddAkka</c> registers. Call
/// <c>WithRaftCoordination</c> on its builder, too. The first use creates the actor system, and a call waits for the group.
/// </summary>
public static class RaftAdapterExtensions
{
    /// <summary>
    /// Registers <see cref="IDistributedLockProvider"/> and <see cref="IDistributedSemaphoreProvider"/> as
    /// <see cref="RaftDistributedLockProvider"/>.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRaftDistributedLocks(this IServiceCollection services) => services
        .AddSingleton(provider => new RaftDistributedLockProvider(CoordinationOf(provider)))
        .AddSingleton<IDistributedLockProvider>(provider => provider.GetRequiredService<RaftDistributedLockProvider>())
        .AddSingleton<IDistributedSemaphoreProvider>(provider => provider.GetRequiredService<RaftDistributedLockProvider>());

    /// <summary>
    /// Stores the keys of data protection in the coordination group, so all nodes share them. They are unencrypted without a
    /// <c>ProtectKeysWith</c>. Also call <c>SetApplicationName</c> with one name for all nodes: by default it is the folder of the
    /// application, and nodes with different ones cannot read what the others protect.
    /// <para>
    /// The keys are read with their first use after the host has started. Data protection tries to read them during the start, too. That
    /// fails at once, and is logged by it as information, because a wait would block the start of the actor system that has the keys.
    /// </para>
    /// </summary>
    /// <param name="builder">The builder that AddDataProtection returns.</param>
    /// <returns>The builder.</returns>
    public static IDataProtectionBuilder PersistKeysToRaft(this IDataProtectionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(
                options => options.XmlRepository = new RaftXmlRepository(
                    CoordinationOf(provider), SystemOf(provider).Log, provider.GetService<IHostApplicationLifetime>())));
        return builder;
    }

    private static RaftCoordination CoordinationOf(IServiceProvider provider) => RaftCoordination.Get(SystemOf(provider));

    private static ActorSystem SystemOf(IServiceProvider provider) =>
        provider.GetService<ActorSystem>() ?? throw new InvalidOperationException(
            "The services have no ActorSystem, which the coordination of raft needs. Call services.AddAkka, or register the system.");
}
