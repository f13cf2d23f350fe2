//! `/v1/public/{agent}/start`: starting a session, which takes a public API key in the place of the
//! token.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::fields::{filled, object};
use super::{Api, WithRaw, refusal};
use crate::error::{Code, Result};
use crate::http::{Body, IN_DOUBT, Request, route};

/// How a session is started.
#[derive(Clone, Debug, Default)]
pub struct StartRequest {
    /// What the agent is given.
    pub data: Option<Value>,
    /// Whether a Daily room is made for it.
    pub create_room: bool,
    /// What that room is like.
    pub room_properties: Option<Value>,
}

/// A session that was started.
#[derive(Clone, Debug, Default)]
pub struct StartedSession {
    /// Its id.
    pub id: Option<String>,
    /// The address of its room.
    pub room: Option<String>,
    /// What lets somebody into it.
    pub room_token: Option<SecretString>,
}

impl Api {
    /// Starts a session of an agent, as whoever has this public API key: the sign-in plays no part.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    /// [`Code::Unauthorized`]: it does not accept the key.
    pub async fn start_session(
        &self,
        agent: &str,
        key: &SecretString,
        start: &StartRequest,
    ) -> Result<WithRaw<StartedSession>> {
        let mut body = json!({"createDailyRoom": start.create_room});
        if let Some(data) = &start.data {
            body["body"] = data.clone();
        }
        if let Some(properties) = &start.room_properties {
            body["dailyRoomProperties"] = properties.clone();
        }
        let url = route(&self.base, &["v1", "public", agent, "start"])?;
        let request = Request::new(Method::POST, url)
            .bearer(key.clone())
            .body(Body::Json(body));
        let response = self.http.send(request).await?;
        if !response.status.is_success() {
            let error = refusal::refusal(&response);
            return Err(match error.code() {
                Code::ServiceError => error.hint(IN_DOUBT),
                _ => error,
            });
        }
        let raw = object(&response).map_err(|error| error.hint(IN_DOUBT))?;
        let value = StartedSession {
            id: filled(&raw, "sessionId"),
            room: filled(&raw, "dailyRoom"),
            room_token: filled(&raw, "dailyToken").map(SecretString::from),
        };
        Ok(WithRaw { value, raw })
    }
}
