using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// The cause of a failure in another system. Its text holds type and message of the original. The exception type is not restored,
/// because the network must not choose types.
/// </summary>
internal sealed class RemoteFailureException(string message) : AkkaException(message);
