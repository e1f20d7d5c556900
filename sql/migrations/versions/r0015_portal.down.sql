-- Lost: sessions of the portal, which have to be begun again, the devices it knows, and which form led to which delivery.
DROP TABLE portal_upload, portal_device, portal_session;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM gmsd_portal;
