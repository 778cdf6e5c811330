using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting;

/// <summary>Makes the instances of an actor, each with the services of a scope of its own. Disposes the scope with the instance.</summary>
/// <param name="onFailed">Called with each exception of the constructor or of its services.</param>
/// <param name="arguments">Arguments of the constructor, besides those that services fill.</param>
internal sealed class ScopedActorProducer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(
    IServiceProvider services, Action<Exception> onFailed, object[] arguments) : IIndirectActorProducer
    where TActor : ActorBase
{
    private readonly ConcurrentDictionary<ActorBase, AsyncServiceScope> _scopes = new(ReferenceEqualityComparer.Instance);

    public Type ActorType => typeof(TActor);

    public ActorBase Produce()
    {
        var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        try
        {
            var actor = ActivatorUtilities.CreateInstance<TActor>(scope.ServiceProvider, arguments);
            _scopes[actor] = scope;
            return actor;
        }
        catch (Exception cause)
        {
            _ = DisposeAsync(scope);
            onFailed(cause);
            throw;
        }
    }

    public void Release(ActorBase actor)
    {
        if (_scopes.TryRemove(actor, out var scope))
        {
            _ = DisposeAsync(scope);
        }
    }

    // Does not block the actor's thread. A failure cannot reach a caller, so it is logged.
    private async Task DisposeAsync(AsyncServiceScope scope)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            LogMessages.ScopeNotDisposed(HostLog.Of(services), cause, typeof(TActor).ToString());
        }
    }
}
