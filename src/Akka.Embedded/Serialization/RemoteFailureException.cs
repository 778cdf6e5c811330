using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// The cause of a failure in another system. Type and message of the original are its text: an exception is never made of a type that
/// the network names.
/// </summary>
internal sealed class RemoteFailureException(string message) : AkkaException(message);
